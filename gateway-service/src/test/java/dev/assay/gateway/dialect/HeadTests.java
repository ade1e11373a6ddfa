// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTests {

    private static final Route CHAT = new Route(Dialect.CHAT, Operation.GENERATE, null, false);
    private static final Route EMBED = new Route(Dialect.CHAT, Operation.EMBED, null, false);
    private static final Route RESPONSES = new Route(Dialect.RESPONSES, Operation.GENERATE, null, false);
    private static final Route MESSAGES = new Route(Dialect.MESSAGES, Operation.GENERATE, null, false);
    private static final Route GEMINI = new Route(Dialect.GEMINI, Operation.GENERATE, "google/g", true);

    private static CallHead head(Route route, String json) {
        return Dialects.head(route, body(json));
    }

    private static Body body(String json) {
        return Body.of(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String sent(Route route, String json) {
        return sent(route, json, "up/stream");
    }

    private static String sent(Route route, String json, String model) {
        var body = body(json);
        var out = new ByteArrayOutputStream();
        var spliced = Dialects.same(route, body, Dialects.head(route, body), model);
        for (var part : spliced.parts()) {
            out.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
        }
        assertThat(out.size()).isEqualTo(spliced.length());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String chat(String members) {
        return "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"model\": \"m\"" + members + "}";
    }

    @Test
    void theServiceTierThatIsWantedIsSeen() {
        assertThat(head(CHAT, chat(", \"service_tier\": \"flex\"")).serviceTier()).isEqualTo("flex");
        assertThat(head(CHAT, chat(", \"service_tier\": null")).serviceTier()).isNull();
        assertThat(head(CHAT, chat("")).serviceTier()).isNull();
        assertThat(head(GEMINI, "{\"contents\": [{}], \"serviceTier\": \"flex\"}").serviceTier()).isEqualTo("flex");
        assertThat(head(CHAT, chat(", \"serviceTier\": \"flex\"")).serviceTier()).as("Gemini's spelling").isNull();
        assertThat(head(MESSAGES, chat(", \"service_tier\": \"flex\"")).serviceTier()).as("no word of Anthropic's").isNull();
        assertThatThrownBy(() -> head(CHAT, chat(", \"service_tier\": \"flex\", \"service_tier\": \"default\"")))
                .hasMessageContaining("service_tier: stands there twice");
    }

    @Test
    void whatACallAsksForIsSeenWithoutATree() {
        var head = head(CHAT, chat("""
                , "stream": true, "max_tokens": 7, "n": 3, "return_token_ids": true, "stream_options": {"include_usage": true, "x": [{}]}"""));
        assertThat(head.model()).isEqualTo("m");
        assertThat(head.streamed()).isTrue();
        assertThat(head.maxOutput()).isEqualTo(21);
        assertThat(head.capturesTokens()).isTrue();
        assertThat(head.usageAsked()).isTrue();

        var bare = head(CHAT, chat(", \"stream\": null, \"max_tokens\": null, \"stream_options\": null"));
        assertThat(bare.streamed()).isFalse();
        assertThat(bare.maxOutput()).isEqualTo(-1);
        assertThat(bare.usageAsked()).isFalse();
        assertThat(bare.keeps()).isTrue();
    }

    @Test
    void ofTwoLimitsTheNewerCountsAndOneThatIsTooLargeIsVeryLarge() {
        assertThat(head(CHAT, chat(", \"max_tokens\": 7, \"max_completion_tokens\": 9")).maxOutput()).isEqualTo(9);
        assertThat(head(CHAT, chat(", \"max_tokens\": 99999999999999999999999")).maxOutput()).isEqualTo(Integer.MAX_VALUE);
        assertThat(head(CHAT, chat(", \"max_tokens\": -5")).maxOutput()).isEqualTo(-1);
        assertThat(head(CHAT, chat(", \"max_tokens\": \"7\"")).maxOutput()).isEqualTo(-1);
        assertThat(head(GEMINI, "{\"contents\": [{}], \"generation_config\": {\"maxOutputTokens\": 5, \"candidateCount\": 2}}").maxOutput())
                .isEqualTo(10);
    }

    @Test
    void whatIsCountedOrEmbeddedIsNoStreamWhateverIsAsked() {
        assertThat(head(EMBED, "{\"model\": \"m\", \"input\": \"x\", \"stream\": true}").streamed()).isFalse();
        var count = new Route(Dialect.MESSAGES, Operation.COUNT_TOKENS, null, false);
        assertThat(head(count, "{\"model\": \"m\", \"messages\": [{\"role\": \"user\"}], \"stream\": true}").streamed()).isFalse();
    }

    @Test
    void aResponseSaysWhatItContinuesAndWhetherItIsKept() {
        var head = head(RESPONSES, "{\"model\": \"m\", \"input\": \"Hi\", \"previous_response_id\": \"resp_1\", \"store\": false, "
                + "\"max_output_tokens\": null, \"instructions\": null}");
        assertThat(head.continues()).isEqualTo("resp_1");
        assertThat(head.keeps()).isFalse();
        assertThat(head(RESPONSES, "{\"model\": \"m\"}").continues()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "stream", "messages", "input", "contents", "stream_options", "max_tokens", "store"})
    void aMemberThatIsLookedAtStandsThereOnce(String member) {
        var twice = "{\"%s\": null, \"x\": 1, \"%s\": null}".formatted(member, member);
        assertThatThrownBy(() -> head(CHAT, twice)).hasMessage(member + ": stands there twice");
        var escaped = "{\"model\": \"a\", \"mod\\u0065l\": \"b\"}";
        assertThatThrownBy(() -> head(CHAT, escaped)).hasMessage("model: stands there twice");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "CHAT      | ~~                                                     | body: not valid JSON",
        "CHAT      | { \"model\": \"m\",                                    | body: not valid JSON at line 1",
        "CHAT      | {\"model\": \"m\", \"messages\": [{\"role\": \"u\"}]} x | body: not valid JSON",
        "CHAT      | {\"model\": \"m\", \"messages\": [{\"role\": \"u\"}]}{} | body: goes on behind the object",
        "CHAT      | [1, 2]                                                 | body: must be a JSON object",
        "CHAT      | null                                                   | body: must be a JSON object",
        "CHAT      | 5                                                      | body: must be a JSON object",
        "CHAT      | {}                                                     | model: required, a string",
        "CHAT      | {\"messages\": 1, \"model\": 7}                        | model: required, a string",
        "CHAT      | {\"model\": \" \", \"messages\": []}                   | model: required, a string",
        "CHAT      | {\"model\": {\"a\": [1]}, \"messages\": [{\"role\": \"u\"}]} | model: required, a string",
        "CHAT      | {\"model\": \"m\"}                                     | messages: required, a list of at least one message",
        "CHAT      | {\"model\": \"m\", \"messages\": []}                   | messages: required, a list of at least one message",
        "CHAT      | {\"model\": \"m\", \"messages\": {\"role\": \"u\"}}    | messages: required, a list of at least one message",
        "CHAT      | {\"model\": \"m\", \"messages\": [\"Hi\"]}             | messages: every message must be an object with a role",
        "CHAT      | {\"model\": \"m\", \"messages\": [[{\"role\": \"u\"}]]} | messages: every message must be an object with a role",
        "CHAT      | {\"model\": \"m\", \"messages\": [{\"role\": 1}, {}]}  | messages: every message must be an object with a role",
        "CHAT      | {\"model\": \"m\", \"messages\": [{\"role\": \"u\"}], \"stream\": \"yes\"} | stream: must be true or false",
        "CHAT      | {\"model\": \"m\", \"messages\": [{\"role\": \"u\"}], \"stream_options\": [1]} | stream_options: must be an object",
        "EMBED     | {\"model\": \"m\"}                                     | input: required, a text or a list",
        "EMBED     | {\"model\": \"m\", \"input\": null}                    | input: required, a text or a list",
        "RESPONSES | {\"model\": \"m\", \"input\": 5}                       | input: must be a text or a list of items",
        "RESPONSES | {\"model\": \"m\", \"input\": [\"Hi\"]}                | input: every item must be an object",
        "RESPONSES | {\"model\": \"m\", \"store\": 1}                       | store: must be true or false",
        "RESPONSES | {\"model\": \"m\", \"previous_response_id\": 1}        | previous_response_id: must be a string",
        "MESSAGES  | {\"model\": \"m\"}                                     | messages: required, a list of at least one message",
        "GEMINI    | {}                                                     | contents: required, a list of at least one content",
        "GEMINI    | {\"contents\": []}                                     | contents: required, a list of at least one content",
        "GEMINI    | {\"contents\": [7]}                                    | contents: every content must be an object",
    })
    void whatIsWrongIsSaidWithTheMemberThatItIsAbout(String route, String json, String reason) {
        var routes = Map.of("CHAT", CHAT, "EMBED", EMBED, "RESPONSES", RESPONSES, "MESSAGES", MESSAGES, "GEMINI", GEMINI);
        assertThatThrownBy(() -> head(routes.get(route), json == null ? "" : json))
                .isInstanceOfSatisfying(ModelErrorException.class, refused -> {
                    assertThat(refused.error().status()).isEqualTo(400);
                    assertThat(refused.error().message()).startsWith(reason);
                    assertThat(refused.error().param()).isEqualTo(reason.substring(0, reason.indexOf(':')));
                });
    }

    @Test
    void whatIsNestedTooDeeplyIsRefusedAndNobodyRunsOutOfStack() {
        var deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertThatThrownBy(() -> head(CHAT, chat(", \"x\": " + deep))).hasMessageStartingWith("body: nested too deeply");
        assertThat(head(CHAT, chat(", \"x\": " + "[".repeat(400) + "]".repeat(400))).model()).isEqualTo("m");
    }

    @Test
    void textIsUtf8AndAByteOrderMarkStaysHere() {
        assertThat(sent(CHAT, "\uFEFF" + chat(""))).isEqualTo(chat("").replace("\"m\"", "\"up/stream\""));
        for (var other : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, Charset.forName("UTF-32BE")}) {
            assertThatThrownBy(() -> Dialects.head(CHAT, Body.of(chat("").getBytes(other)))).hasMessage("body: must be UTF-8");
        }
        var latin = chat(", \"x\": \"\u00e9\"").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> Dialects.head(CHAT, Body.of(latin))).hasMessageStartingWith("body: not valid JSON");
    }

    @Test
    void aBodyMayEndBeforeItsBytesDo() {
        var bytes = (chat("") + "garbage").getBytes(StandardCharsets.UTF_8);
        assertThat(Dialects.head(CHAT, new Body(bytes, chat("").length())).model()).isEqualTo("m");
    }

    @Test
    void onlyTheModelChangesOnTheWayToAnUpstreamOfTheSameDialect() {
        var json = "{ \"a\" : 1.0e400,\"model\":\"m\\u00e9\\n\" ,\r\n\"z\": [\"\\ud83d\", \"\uD83E\uDD8A\u00e9\", NaN], "
                + "\"messages\": [{\"role\": \"user\", \"content\": null, \"q\": {\"model\": \"deeper\"}}], \"last\": true }\n";
        assertThat(sent(CHAT, json)).isEqualTo(json.replace("\"m\\u00e9\\n\"", "\"up/stream\""));
        assertThat(head(CHAT, json).model()).isEqualTo("m\u00e9\n");
        assertThat(sent(GEMINI, "{\"contents\": [{}], \"model\": \"stays\"}")).isEqualTo("{\"contents\": [{}], \"model\": \"stays\"}");
    }

    @Test
    void theUsageOfAStreamIsAskedForWhereItsClientDoesNot() {
        var asked = "\"stream_options\":{\"include_usage\":true}";
        assertThat(sent(CHAT, chat(", \"stream\": true"))).contains("\"up/stream\"," + asked + ", \"stream\"");
        assertThat(sent(CHAT, chat(", \"stream\": true, \"stream_options\": null"))).contains("\"stream_options\": {\"include_usage\":true}");
        assertThat(sent(CHAT, chat(", \"stream_options\": {\"x\": 1, \"include_usage\": false}, \"stream\": true")))
                .contains("\"stream_options\": {\"x\":1,\"include_usage\":true}");
        for (var other : new String[] {"", ", \"stream\": false", ", \"stream\": true, \"stream_options\": {\"include_usage\": true }"}) {
            assertThat(sent(CHAT, chat(other))).isEqualTo(chat(other).replace("\"m\"", "\"up/stream\""));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "gpt-5.6    | \"max_tokens\" : 9, \"x\": \"max_tokens\"         | \"max_completion_tokens\" : 9, \"x\": \"max_tokens\"",
        "openai/o3  | \"y\": \"max_tokens\", \"max_tokens\":9           | \"y\": \"max_tokens\", \"max_completion_tokens\":9",
        "gpt-5.6    | \"max_tokens\": 9, \"max_completion_tokens\": 8   | \"max_tokens\": 9, \"max_completion_tokens\": 8",
        "gpt-5.6    | \"max_completion_tokens\": 8                      | \"max_completion_tokens\": 8",
        "gpt-5.6    | \"x\": \"max_tokens\", \"max\\u005ftokens\": 9       | \"x\": \"max_tokens\", \"max\\u005ftokens\": 9",
        "gpt-4o     | \"max_tokens\": 9                                 | \"max_tokens\": 9",
    })
    void aLengthIsCalledAsAModelThatThinksTakesIt(String model, String asked, String sent) {
        assertThat(sent(CHAT, chat(", " + asked), model)).isEqualTo(chat(", " + sent).replace("\"m\"", "\"" + model + "\""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{%, \"tools\": [], \"tool_choice\": {\"type\": \"auto\"}, \"stream\": true} | {%, \"stream\": true}",
        "{%, \"tools\": [], \"tool_choice\": {\"type\": \"auto\"}}                   | {%}",
        "{%, \"tool_choice\": {\"type\": \"auto\"}, \"tools\": [ ]}                  | {%}",
        "{%, \"tools\": []}                                                          | {%}",
        "{%, \"tools\": [], \"x\": 1, \"tool_choice\": null}                         | {%, \"x\": 1}",
        "{\"tools\":[],\"tool_choice\":{\"a\":\"}\"},%}                              | {%}",
        "{ \"tools\" : [] , % }                                                      | { % }",
        "{%, \"tools\": [{\"name\": \"a\"}], \"tool_choice\": {}}                    | {%, \"tools\": [{\"name\": \"a\"}], \"tool_choice\": {}}",
    })
    void aChoiceAmongNoToolsIsTakenOut(String asked, String sent) {
        var call = "\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"tools\"}]";
        assertThat(sent(MESSAGES, asked.replace("%", call))).isEqualTo(sent.replace("%", call.replace("\"m\"", "\"up/stream\"")));
    }

    @Test
    void ofMoreThanFourMarksOfWhatIsToBeCachedTheLastFourStay() {
        var mark = "{\"cache_control\": {\"type\": \"ephemeral\"}, \"n\": %d}";
        var blocks = new StringBuilder();
        for (int block = 0; block < 5; block++) {
            blocks.append(block == 0 ? "" : ", ").append(mark.formatted(block));
        }
        var json = "{\"messages\": [{\"role\": \"user\", \"content\": [%s]}], \"system\": [%s], \"tools\": [%s], \"model\": \"m\"}"
                .formatted(blocks, mark.formatted(8), mark.formatted(9));
        var sent = sent(MESSAGES, json);
        var without = "{\"cache_control\": null, \"n\": %d}";
        var expected = json.replace("\"m\"", "\"up/stream\"");
        for (var gone : new int[] {0, 8, 9}) {
            expected = expected.replace(mark.formatted(gone), without.formatted(gone));
        }
        assertThat(sent).isEqualTo(expected);
    }

    @Test
    void whatAToolWasCalledWithIsNoMark() {
        var mark = "\"cache_control\": {\"type\": \"ephemeral\"}";
        var own = "{\"type\": \"tool_use\", \"input\": {" + mark + ", \"content\": [{" + mark + "}]}}";
        var inner = "{\"type\": \"tool_result\", \"content\": [{\"type\": \"text\", " + mark + "}]}";
        var document = "{\"type\": \"document\", \"source\": {\"type\": \"content\", \"content\": [{" + mark + "}]}, " + mark + "}";
        var four = "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": [" + own + ", " + inner + ", " + document + "]}], "
                + "\"tools\": [{\"input_schema\": {" + mark + "}, " + mark + "}]}";
        assertThat(sent(MESSAGES, four)).isEqualTo(four.replace("\"m\"", "\"up/stream\""));
        var five = four.replace("\"messages\"", "\"system\": [{" + mark + "}], \"messages\"");
        assertThat(sent(MESSAGES, five)).isEqualTo(five.replace("\"m\"", "\"up/stream\"")
                .replace("{\"input_schema\": {" + mark + "}, " + mark + "}", "{\"input_schema\": {" + mark + "}, \"cache_control\": null}"));
    }

    @Test
    void googlesCountsAndEmbeddingsNameTheModelOnceMore() {
        var batch = new Route(Dialect.GEMINI, Operation.EMBED_BATCH, "e", false);
        assertThat(sent(batch, "{\"requests\": [{\"model\": \"models/e\", \"content\": {\"model\": \"x\"}}, {\"model\": \"models/e\"}]}"))
                .isEqualTo("{\"requests\": [{\"model\": \"models/up/stream\", \"content\": {\"model\": \"x\"}}, {\"model\": \"models/up/stream\"}]}");
        var count = new Route(Dialect.GEMINI, Operation.COUNT_TOKENS, "e", false);
        assertThat(sent(count, "{\"generateContentRequest\": {\"model\": \"models/e\", \"contents\": []}}"))
                .isEqualTo("{\"generateContentRequest\": {\"model\": \"models/up/stream\", \"contents\": []}}");
    }

    @Test
    void aLongConversationIsNotCopied() {
        var long1 = "x".repeat(1 << 20);
        var json = "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"" + long1 + "\"}]}";
        var body = body(json);
        var parts = Dialects.same(CHAT, body, Dialects.head(CHAT, body), "n").parts();
        assertThat(parts.stream().filter(part -> part.remaining() > 1000)).isNotEmpty().allSatisfy(
                part -> assertThat(part.array()).isSameAs(body.bytes()));
        assertThat(Arrays.stream(json.split("\"m\""))).hasSize(2);
    }

    @Test
    void onlyWhatSaysHowABodyIsReadGoesOnNeverACredential() {
        var request = Fields.builder()
                .add("Authorization", "Bearer k").add("x-api-key", "k").add("x-goog-api-key", "k").add("Cookie", "c")
                .add("anthropic-version", "2026-10-21").add("anthropic-beta", "a,b").add("anthropic-beta", "new-2027-01-01")
                .add("openai-beta", "x").add("originator", "codex_exec").add("x-codex-turn", "1").add("x-stainless-retry-count", "2")
                .add("Trace-Id", "t").add("x-goog-api-client", "c").add("x-app", "cli").add("openai-organization", "org-other")
                .build();
        assertThat(names(Dialects.passedOn(Dialect.MESSAGES, request)))
                .containsExactlyInAnyOrder("anthropic-beta", "anthropic-version", "x-app");
        assertThat(Dialects.passedOn(Dialect.MESSAGES, request).all("anthropic-beta")).containsExactly("a,b", "new-2027-01-01");
        assertThat(Dialects.passedOn(Dialect.MESSAGES, Fields.NONE).first("anthropic-version")).contains("2023-06-01");
        assertThat(names(Dialects.passedOn(Dialect.CHAT, request))).containsExactlyInAnyOrder("openai-beta", "originator", "x-codex-turn");
        assertThat(names(Dialects.passedOn(Dialect.GEMINI, request))).containsExactly("x-goog-api-client");
    }

    @Test
    void anUpstreamsLimitsAndAccountStayHere() {
        var answer = Fields.builder()
                .add("x-request-id", "r").add("request-id", "r").add("anthropic-ratelimit-requests-remaining", "3")
                .add("anthropic-organization-id", "o").add("x-ratelimit-limit-tokens", "9").add("set-cookie", "c").add("content-type", "x")
                .add("openai-organization", "org").add("openai-processing-ms", "12").add("openai-version", "a\r\nset-cookie: b")
                .build();
        assertThat(names(Dialects.answered(Dialect.MESSAGES, answer))).containsExactlyInAnyOrder("request-id", "x-request-id");
        assertThat(names(Dialects.answered(Dialect.CHAT, answer)))
                .containsExactlyInAnyOrder("openai-processing-ms", "request-id", "x-request-id");
    }

    private static List<String> names(Fields fields) {
        var names = new ArrayList<String>();
        fields.forEach((name, value) -> names.add(name));
        return names.stream().distinct().sorted().toList();
    }
}
