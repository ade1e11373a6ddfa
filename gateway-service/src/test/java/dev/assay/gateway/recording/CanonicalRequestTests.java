// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What makes two calls one and the same request, and what does not. */
class CanonicalRequestTests {

    private static final String RUN = "0b4f6c1e9d5a4c0f8a7be2b9f1d2c3a4";

    private static CanonicalRequest read(Dialect dialect, String json, List<String> ignore) {
        var reading = new CanonicalRequest.Reading(
                new Secrets(Set.of("the-callers-own-key")), new Ignored(ignore), Map.of(RUN, "«run»"), id -> "key of " + id);
        return CanonicalRequest.of(dialect, Operation.GENERATE, "m", false, (ObjectNode) ModelJson.MAPPER.readTree(json), reading);
    }

    private static String key(Dialect dialect, String json) {
        return read(dialect, json, Ignored.ALWAYS).key();
    }

    private static void same(Dialect dialect, String one, String other) {
        assertThat(read(dialect, other, Ignored.ALWAYS).request()).isEqualTo(read(dialect, one, Ignored.ALWAYS).request());
        assertThat(key(dialect, other)).isEqualTo(key(dialect, one));
    }

    private static void differ(Dialect dialect, String one, String other) {
        assertThat(key(dialect, other)).isNotEqualTo(key(dialect, one));
    }

    @Test
    void theOrderOfMembersAndTheSpellingOfNumbersDoNotMatter() {
        same(Dialect.CHAT, "{\"temperature\": 1.0, \"top_p\": 0.50, \"n\": 1e0}",
                "{\"n\":1,\"top_p\":0.5,\"temperature\":1}");
        differ(Dialect.CHAT, "{\"temperature\": 1.0}", "{\"temperature\": 1.1}");
        for (var seed : new String[] {"1e400000000", "1e2147483647", "100e2147483647", "1e-2147483647"}) {
            assertThat(key(Dialect.CHAT, "{\"seed\": " + seed + "}")).hasSize(64);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "user": "u1"                  | "user": "u2"
            "prompt_cache_key": "721427b" | "prompt_cache_key": "946796c"
            "safety_identifier": "a"      | "metadata": {"a": "b"}
            "stream_options": {}          | "store": true
            "client_metadata": {"x": 1}   | "model": "other"
            """)
    void whoAsksAndHowItIsToldDoesNotMatter(String one, String other) {
        same(Dialect.RESPONSES, "{" + one + "}", "{" + other + "}");
    }

    @Test
    void idsThatModelsMakeUpDoNotMatterButWhichAreTheSameDoes() {
        var chat = """
                {"messages": [{"role": "assistant", "tool_calls": [
                {"id": "%1$s", "function": {"name": "f", "arguments": "{\\"id\\": 7}"}},
                {"id": "%2$s", "function": {"name": "g", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "%3$s", "content": "x"}]}""";
        same(Dialect.CHAT, chat.formatted("call_1", "call_2", "call_1"), chat.formatted("call_a", "call_b", "call_a"));
        differ(Dialect.CHAT, chat.formatted("call_1", "call_2", "call_1"), chat.formatted("call_1", "call_2", "call_2"));
        var messages = """
                {"messages": [{"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "%1$s"},
                {"type": "tool_use", "id": "%1$s", "name": "f", "input": {"id": "%2$s"}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "%1$s", "content": "x"}]}]}""";
        same(Dialect.MESSAGES, messages.formatted("toolu_1", "7"), messages.formatted("toolu_2", "7"));
        differ(Dialect.MESSAGES, messages.formatted("toolu_1", "7"), messages.formatted("toolu_1", "8"));
        var responses = """
                {"input": [{"type": "reasoning", "id": "rs_%1$s", "encrypted_content": "%1$s", "summary": []},
                {"type": "function_call", "id": "fc_%1$s", "call_id": "call_%1$s", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "call_%1$s", "output": "%2$s"}]}""";
        same(Dialect.RESPONSES, responses.formatted("1", "x"), responses.formatted("2", "x"));
        differ(Dialect.RESPONSES, responses.formatted("1", "x"), responses.formatted("1", "y"));
        var gemini = """
                {"contents": [{"role": "model", "parts": [{"functionCall": {"id": "%1$s", "name": "f", "args": {"id": "%2$s"}},
                "thoughtSignature": "%1$s"}]}, {"role": "user", "parts": [{"functionResponse": {"id": "%1$s", "name": "f",
                "response": {"id": "%2$s"}}}]}]}""";
        same(Dialect.GEMINI, gemini.formatted("1", "7"), gemini.formatted("2", "7"));
        differ(Dialect.GEMINI, gemini.formatted("1", "7"), gemini.formatted("1", "8"));
    }

    @Test
    void whatIsSaidByAReferenceOrASealAloneDoesMatter() {
        var reference = "{\"input\": [{\"type\": \"item_reference\", \"id\": \"%s\"}, {\"id\": \"%s\"}]}";
        same(Dialect.RESPONSES, reference.formatted("msg_1", "msg_2"), reference.formatted("msg_1", "msg_2"));
        differ(Dialect.RESPONSES, reference.formatted("msg_1", "msg_2"), reference.formatted("msg_3", "msg_2"));
        differ(Dialect.RESPONSES, reference.formatted("msg_1", "msg_2"), reference.formatted("msg_1", "msg_3"));
        var compaction = "{\"input\": [{\"type\": \"compaction\", \"id\": \"cmp_%s\", \"encrypted_content\": \"%s\"}]}";
        same(Dialect.RESPONSES, compaction.formatted("1", "abc"), compaction.formatted("2", "abc"));
        differ(Dialect.RESPONSES, compaction.formatted("1", "abc"), compaction.formatted("1", "xyz"));
    }

    @Test
    void whatIsContinuedIsNamedByTheRequestThatItAnswers() {
        var read = read(Dialect.RESPONSES, "{\"previous_response_id\": \"resp_1\"}", List.of());
        assertThat(read.request().path("previous_response_id").stringValue()).isEqualTo("key of resp_1");
    }

    @Test
    void theRunsOwnNameAndTemporaryFilesAndPortsDoNotMatter() {
        var text = "{\"messages\": [{\"role\": \"user\", \"content\": \"see /tmp/%s/a at http://127.0.0.1:%s/ of %s\"}]}";
        same(Dialect.CHAT, text.formatted("tmpab12_xyz", "4711", RUN), text.formatted("tmp01234567", "54321", "«run»"));
        differ(Dialect.CHAT, text.formatted("tmpab12_xyz", "4711", "a"), text.formatted("notes", "4711", "a"));
    }

    @Test
    void aTeamsPatternsAreIgnoredToo() {
        var text = "{\"messages\": [{\"role\": \"system\", \"content\": \"Today is %s.\"}]}";
        var ignore = List.of("Today is [0-9-]+");
        assertThat(read(Dialect.CHAT, text.formatted("2026-11-26"), ignore).key())
                .isEqualTo(read(Dialect.CHAT, text.formatted("2027-01-01"), ignore).key());
        differ(Dialect.CHAT, text.formatted("2026-11-26"), text.formatted("2027-01-01"));
    }

    @Test
    void aPatternThatTakesForEverIsRefusedInstead() {
        var body = "{\"messages\": [{\"role\": \"user\", \"content\": \"" + "a".repeat(200) + "!\"}]}";
        assertThatThrownBy(() -> read(Dialect.CHAT, body, List.of("(.*a){12}\\1b"))).isInstanceOf(ModelErrorException.class)
                .hasMessageContaining("too many steps");
        var deep = "{\"messages\": [{\"role\": \"user\", \"content\": \"" + "ab".repeat(50_000) + "\"}]}";
        assertThatThrownBy(() -> read(Dialect.CHAT, deep, List.of("(a|b)*"))).isInstanceOf(ModelErrorException.class)
                .hasMessageContaining("'(a|b)*'");
    }

    @Test
    void aPictureIsNamedByItsHash() {
        var picture = "iVBORw0KGgo".repeat(2000);
        var read = read(Dialect.CHAT, "{\"messages\": [{\"content\": \"" + picture + "\"}]}", List.of());
        assertThat(read.request().toString()).contains("22000 characters, sha256").hasSizeLessThan(300);
        var message = "{\"messages\": [{\"content\": \"%s\"}]}";
        differ(Dialect.CHAT, message.formatted(picture), message.formatted(picture + "B"));
    }

    @Test
    void aStreamAndAWholeAnswerAreTwoRequestsThatKnowEachOther() {
        var whole = read(Dialect.CHAT, "{}", List.of());
        var streamed = new CanonicalRequest(Dialect.CHAT, Operation.GENERATE, "m", true, whole.request());
        assertThat(streamed.key()).isNotEqualTo(whole.key()).isEqualTo(whole.otherKey());
    }

    @Test
    void aSecretIsNoneInAnyPlaceAndTheSameForEverySecret() {
        var system = "{\"messages\": [{\"role\": \"system\", \"content\": \"key: %s\"}]}";
        same(Dialect.CHAT, system.formatted("sk-proj-abcdefghijklmnop0123"), system.formatted("the-callers-own-key"));
        assertThat(read(Dialect.CHAT, system.formatted("the-callers-own-key"), List.of()).request().toString()).contains("key: «secret»");
    }
}
