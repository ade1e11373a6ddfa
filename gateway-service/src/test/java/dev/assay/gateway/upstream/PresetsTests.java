// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static dev.assay.gateway.dialect.Dialect.CHAT;
import static dev.assay.gateway.dialect.Dialect.GEMINI;
import static dev.assay.gateway.dialect.Dialect.MESSAGES;
import static dev.assay.gateway.dialect.Dialect.RESPONSES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.gateway.call.Ask;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

/** What a key alone is enough for. Nobody is called. */
class PresetsTests {

    private static List<UpstreamSettings> in(String... variables) {
        var environment = new MockEnvironment();
        for (int i = 0; i < variables.length; i += 2) {
            environment.setProperty(variables[i], variables[i + 1]);
        }
        return Presets.inEnvironment(environment);
    }

    private static UpstreamAddress one(String... variables) {
        return new UpstreamAddress(in(variables).getFirst());
    }

    private static Ask ask(Dialect dialect, Operation operation, String model, boolean streamed, Fields headers) {
        return new Ask(dialect, operation, model, streamed, Body.Spliced.whole(new byte[0]), headers, null);
    }

    private static String generate(UpstreamAddress address, Dialect dialect, String model) {
        return address.uri(ask(dialect, Operation.GENERATE, model, true, Fields.NONE)).toString();
    }

    @Test
    void everyProviderOfTheManualIsThere() throws Exception {
        assertThat(Presets.names()).contains("openai", "anthropic", "google", "vertex", "azure", "bedrock", "openrouter", "together", "fireworks",
                "groq", "mistral", "deepseek", "xai", "vllm", "sglang", "ollama", "openai-compatible");
        assertThat(Presets.names()).allSatisfy(name -> assertThat(Presets.named(name).dialects()).as(name).isNotEmpty());
    }

    @Test
    void withoutAKeyThereIsNone() throws Exception {
        assertThat(in()).isEmpty();
        assertThat(in("ASSAY_OPENAI_API_KEY", " ", "ASSAY_OPENAI_BASE_URL", "http://x")).as("as compose passes on what nobody set").isEmpty();
    }

    @Test
    void aKeyIsEnough() throws Exception {
        var openai = in("ASSAY_OPENAI_API_KEY", "sk-1").getFirst();
        assertThat(openai.speaks(Operation.GENERATE, "gpt-5.6")).containsExactly(RESPONSES, CHAT);
        assertThat(openai.speaks(Operation.EMBED, "text-embedding-3")).containsExactly(CHAT);
        assertThat(openai.speaks(Operation.COUNT_TOKENS, "gpt-5.6")).isEmpty();
        assertThat(openai.isListed()).isTrue();
        assertThat(openai.toString()).doesNotContain("sk-1");
        var address = new UpstreamAddress(openai);
        assertThat(generate(address, RESPONSES, "gpt-5.6")).isEqualTo("https://api.openai.com/v1/responses");
        assertThat(generate(address, CHAT, "gpt-5.6")).isEqualTo("https://api.openai.com/v1/chat/completions");
        assertThat(address.headers(ask(CHAT, Operation.GENERATE, "x", false, Fields.NONE)).first("authorization")).contains("Bearer sk-1");
        assertThat(address.list(null)).hasToString("https://api.openai.com/v1/models");
    }

    @Test
    void anthropicGetsItsOwnHeaders() throws Exception {
        var address = one("ASSAY_ANTHROPIC_API_KEY", "sk-ant");
        assertThat(generate(address, MESSAGES, "claude-sonnet-5")).isEqualTo("https://api.anthropic.com/v1/messages");
        assertThat(address.uri(ask(MESSAGES, Operation.COUNT_TOKENS, "claude", false, Fields.NONE)))
                .hasToString("https://api.anthropic.com/v1/messages/count_tokens");
        var plain = address.headers(ask(MESSAGES, Operation.GENERATE, "claude", false, Fields.NONE));
        assertThat(plain.first("x-api-key")).contains("sk-ant");
        assertThat(plain.first("authorization")).isEmpty();
        assertThat(address.listHeaders(null).first("anthropic-version")).contains("2023-06-01");
    }

    @Test
    void googlesModelsStandInThePathAndLeadNowhereElse() throws Exception {
        var address = one("ASSAY_GOOGLE_API_KEY", "AIza");
        assertThat(generate(address, GEMINI, "gemini-3.1-pro-preview")).isEqualTo(
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse");
        assertThat(generate(address, GEMINI, "tunedModels/mine")).contains("/v1beta/tunedModels/mine:");
        assertThat(generate(address, GEMINI, "a b?key=x#ü")).contains("/models/a%20b%3Fkey%3Dx%23%C3%BC:streamGenerateContent?alt=sse");
        assertThat(address.headers(ask(GEMINI, Operation.GENERATE, "x", false, Fields.NONE)).first("x-goog-api-key")).contains("AIza");
        for (var model : List.of("../../v1/files", "a/../b", "", "a//b", "/etc", "models/..")) {
            assertThatThrownBy(() -> generate(address, GEMINI, model)).as(model).isInstanceOf(ModelErrorException.class);
        }
    }

    @Test
    void whatAPresetCannotKnowIsAskedFor() throws Exception {
        assertThatThrownBy(() -> in("ASSAY_AZURE_API_KEY", "k")).hasMessageContaining("ASSAY_AZURE_BASE_URL");
        assertThatThrownBy(() -> in("ASSAY_BEDROCK_API_KEY", "k")).hasMessageContaining("ASSAY_BEDROCK_REGION");
        var azure = one("ASSAY_AZURE_API_KEY", "k", "ASSAY_AZURE_BASE_URL", "https://mine.openai.azure.com/openai/v1/");
        assertThat(generate(azure, CHAT, "d")).isEqualTo("https://mine.openai.azure.com/openai/v1/chat/completions");
        assertThat(azure.headers(ask(CHAT, Operation.GENERATE, "d", false, Fields.NONE)).first("api-key")).contains("k");
    }

    @Test
    void bedrockAsksClaudeElsewhereThanTheOthers() throws Exception {
        var variables = new String[] {"ASSAY_BEDROCK_API_KEY", "k", "ASSAY_BEDROCK_REGION", "eu-west-1"};
        var settings = in(variables).getFirst();
        assertThat(settings.speaks(Operation.GENERATE, "openai.gpt-oss-120b")).containsExactly(CHAT);
        assertThat(settings.speaks(Operation.GENERATE, "anthropic.claude-sonnet-5")).containsExactly(MESSAGES);
        assertThat(generate(one(variables), CHAT, "x")).isEqualTo("https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/chat/completions");
        assertThat(generate(one(variables), MESSAGES, "x")).isEqualTo("https://bedrock-mantle.eu-west-1.api.aws/anthropic/v1/messages");
    }

    @Test
    void aServerOfOnesOwnNeedsItsAddressAndNoKey() throws Exception {
        var vllm = in("ASSAY_VLLM_BASE_URL", "http://10.0.0.7:8000/v1", "ASSAY_VLLM_MODELS", " Qwen/Qwen3-4B, , b").getFirst();
        assertThat(vllm.models()).containsExactly("Qwen/Qwen3-4B", "b");
        var address = new UpstreamAddress(vllm);
        assertThat(generate(address, MESSAGES, "b")).as("its /v1 is not said twice").isEqualTo("http://10.0.0.7:8000/v1/messages");
        assertThat(address.headers(ask(CHAT, Operation.GENERATE, "b", false, Fields.NONE)).first("authorization")).isEmpty();
        assertThat(in("ASSAY_OLLAMA_BASE_URL", "http://127.0.0.1:11434/v1")).hasSize(1);
    }

    @Test
    void whereTheOperatorMovesAnUpstreamADialectWithAnAddressOfItsOwnStaysAway() throws Exception {
        assertThat(in("ASSAY_DEEPSEEK_API_KEY", "k").getFirst().speaks(Operation.GENERATE, "x")).containsExactly(CHAT, MESSAGES);
        assertThat(in("ASSAY_DEEPSEEK_API_KEY", "k", "ASSAY_DEEPSEEK_BASE_URL", "http://proxy/v1").getFirst().speaks(Operation.GENERATE, "x"))
                .as("else its calls would go past the operator's proxy").containsExactly(CHAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "ftp://host/", "http:///v1", "http://user:pass@host/v1", "http://host/v1?key=1", "http://ho st/"})
    void whatIsNoAddressIsRefusedAtTheStart(String baseUrl) {
        assertThatThrownBy(() -> in("ASSAY_OPENAI_API_KEY", "k", "ASSAY_OPENAI_BASE_URL", baseUrl)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base-url of 'openai'");
    }

    @Test
    void anUpstreamOfTheConfigurationSpeaksChatOnlyUnlessItSaysWhatItIs() throws Exception {
        var plain = new UpstreamSettings("mine", Presets.COMPATIBLE, "http://host/v1/", "", null, List.of(), null);
        assertThat(plain.speaks(Operation.GENERATE, "x")).containsExactly(CHAT);
        assertThat(plain.isListed()).isFalse();
        assertThat(plain.base(CHAT)).isEqualTo("http://host/v1");
        assertThatThrownBy(() -> new UpstreamSettings("mine", Presets.COMPATIBLE, null, "", null, List.of(), null)).hasMessageContaining("base-url");
        assertThatThrownBy(() -> new UpstreamSettings("mine", "nobody", "http://host", "", null, List.of(), null))
                .hasMessageContaining("no preset 'nobody'").hasMessageContaining("openrouter");
    }
}
