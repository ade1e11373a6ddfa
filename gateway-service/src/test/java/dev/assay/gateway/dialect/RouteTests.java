// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTests {

    @ParameterizedTest
    @CsvSource({
        "/inference/chat/completions, CHAT, GENERATE", "/inference/v1/chat/completions, CHAT, GENERATE",
        "/inference/embeddings, CHAT, EMBED", "/inference/v1/embeddings, CHAT, EMBED",
        "/inference/responses, RESPONSES, GENERATE", "/inference/v1/responses, RESPONSES, GENERATE",
        "/inference/v1/messages, MESSAGES, GENERATE", "/inference/v1/messages/count_tokens, MESSAGES, COUNT_TOKENS"
    })
    void thePathSaysWhichDialectAndWhatIsAsked(String path, Dialect dialect, Operation operation) {
        assertThat(Route.of("POST", path)).contains(new Route(dialect, operation, null, false));
        assertThat(Dialect.of(path)).isEqualTo(dialect);
    }

    @ParameterizedTest
    @CsvSource({
        "models/gemini-3:generateContent, gemini-3, GENERATE, false",
        "models/gemini-3:streamGenerateContent, gemini-3, GENERATE, true",
        "models/google/gemini-3.1-pro-preview:streamGenerateContent, google/gemini-3.1-pro-preview, GENERATE, true",
        "models/google%2Fgemini-3:countTokens, google/gemini-3, COUNT_TOKENS, false",
        "models/a:b:embedContent, a:b, EMBED, false",
        "models/a%3Ab%20c%25:batchEmbedContents, a:b c%, EMBED_BATCH, false",
        "models/a+b:generateContent, a+b, GENERATE, false",
        "models/%E6%A8%A1%E5%9E%8B:generateContent, 模型, GENERATE, false",
        "tunedModels/mine:generateContent, tunedModels/mine, GENERATE, false"
    })
    void googlesModelIsAllBeforeTheLastColon(String path, String model, Operation operation, boolean streamed) {
        for (var version : path.startsWith("models/") ? new String[] {"v1beta", "v1"} : new String[] {"v1beta"}) {
            var whole = "/inference/" + version + "/" + path;
            assertThat(Route.of("POST", whole)).contains(new Route(Dialect.GEMINI, operation, model, streamed));
            assertThat(Dialect.of(whole)).isEqualTo(Dialect.GEMINI);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/inference/chat/completions/", "/inference/chat", "/chat/completions", "/inference/v1/v1/messages", "/inference/messages",
        "/inference/v1/responses/resp_1", "/inference/v1beta/models/x", "/inference/v1beta/models/:generateContent",
        "/inference/v1beta/models/x:predict", "/inference/v1beta/models/x:", "/inference/v1beta/models", "/inference", "/inference/",
        "/inference/v1/models/x", "/inferences/chat/completions"
    })
    void everythingElseIsNoModelCall(String path) {
        assertThat(Route.of("POST", path)).isEmpty();
    }

    @Test
    void whoOnlyReadsCallsNoModel() {
        for (var method : new String[] {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"}) {
            assertThat(Route.of(method, "/inference/v1/messages")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, GENERATE, m, /chat/completions", "CHAT, EMBED, m, /embeddings", "RESPONSES, GENERATE, m, /responses",
        "MESSAGES, GENERATE, m, /messages", "MESSAGES, COUNT_TOKENS, m, /messages/count_tokens",
        "GEMINI, GENERATE, google/gemini 3+, /models/google/gemini%203%2B:streamGenerateContent?alt=sse",
        "GEMINI, COUNT_TOKENS, models/g?x=1#, /models/g%3Fx%3D1%23:countTokens", "GEMINI, EMBED, tunedModels/t, /tunedModels/t:embedContent",
        "GEMINI, EMBED_BATCH, g, /models/g:batchEmbedContents"
    })
    void anUpstreamIsAskedAtThePathOfItsDialect(Dialect dialect, Operation operation, String model, String path) {
        assertThat(Dialects.path(dialect, operation, model, true)).isEqualTo(path);
    }
}
