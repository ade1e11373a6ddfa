// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.AnswerReading.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Streams and whole answers as providers send them, and what is made of what they get wrong. */
class ReadingTests {

    private static final Instant NOW = Instant.parse("2026-11-26T09:00:00Z");

    /** An event: its name, and its data. */
    private record Event(String name, String data) {}

    private static AnswerReading reading(Dialect dialect, boolean streamed) {
        return reading(dialect, streamed, 1);
    }

    private static AnswerReading reading(Dialect dialect, boolean streamed, int answers) {
        var head = new CallHead("m", -1, -1, streamed, -1, false, null, true, -1, -1, false, List.of(), answers, null);
        return Dialects.reading(dialect, Operation.GENERATE, "prov", head, false, NOW);
    }

    private static Verdict event(AnswerReading reading, String name, String data) {
        // not at the beginning of its array, as in a relay's buffer
        var bytes = ("junk" + data + "junk").getBytes(StandardCharsets.UTF_8);
        return reading.event(name, bytes, 4, bytes.length - 4);
    }

    private static Verdict whole(AnswerReading reading, String body) {
        var bytes = ("junk" + body + "junk").getBytes(StandardCharsets.UTF_8);
        return reading.whole(bytes, 4, bytes.length - 4);
    }

    private static String chunk(String choice, String more) {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"served\",\"choices\":[" + choice + "]" + more + "}";
    }

    private static String delta(String delta, String reason) {
        return "{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":" + reason + "}";
    }

    /** A stream of each dialect, as recorded. */
    private static List<Event> stream(Dialect dialect) {
        return switch (dialect) {
            case CHAT -> List.of(
                    new Event("", chunk(delta("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null"), ",\"usage\":null")),
                    new Event("", chunk(delta("{\"content\":\"3 \\u00e9\uD83E\uDD8A\"}", "null"), "")),
                    new Event("", chunk(delta("{}", "\"stop\""), "")),
                    new Event("", chunk("", ",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":2},"
                            + "\"completion_tokens_details\":{\"reasoning_tokens\":1}}")),
                    new Event("", "[DONE]"));
            case RESPONSES -> List.of(
                    new Event("response.created", "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"output\":[]}}"),
                    new Event("response.output_item.added", "{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"message\"}}"),
                    new Event("response.output_text.delta", "{\"type\":\"response.output_text.delta\",\"delta\":\"3\"}"),
                    new Event("response.completed", "{\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"model\":\"served\","
                            + "\"status\":\"completed\",\"output\":[{\"type\":\"message\"}],\"usage\":{\"input_tokens\":9,\"output_tokens\":4,"
                            + "\"input_tokens_details\":{\"cached_tokens\":2},\"output_tokens_details\":{\"reasoning_tokens\":1}}}}"));
            case MESSAGES -> List.of(
                    new Event("message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                            + "\"model\":\"served\",\"content\":[],\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":2,"
                            + "\"cache_creation_input_tokens\":2,\"cache_creation\":{\"ephemeral_1h_input_tokens\":1},\"output_tokens\":1}}}"),
                    new Event("content_block_start", "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"),
                    new Event("ping", "{\"type\": \"ping\"}"),
                    new Event("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"3\"}}"),
                    new Event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}"),
                    new Event("message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
                            + "\"usage\":{\"output_tokens\":4,\"output_tokens_details\":{\"thinking_tokens\":1}}}"),
                    new Event("message_stop", "{\"type\":\"message_stop\"}"));
            case GEMINI -> List.of(
                    new Event("", "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[]}}],\"modelVersion\":\"served\"}"),
                    new Event("", "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"3\"}]}}]}"),
                    new Event("", "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"STOP\"}],"
                            + "\"usageMetadata\":{\"promptTokenCount\":9,\"cachedContentTokenCount\":2,\"candidatesTokenCount\":3,\"thoughtsTokenCount\":1}}"));
        };
    }

    /** How many of the stream's events say nothing yet. */
    private static int quiet(Dialect dialect) {
        return switch (dialect) {
            case CHAT, GEMINI -> 1;
            case RESPONSES -> 2;
            case MESSAGES -> 3;
        };
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamPassesAsItCameAndTellsWhatItCost(Dialect dialect) {
        var reading = reading(dialect, true);
        var verdicts = stream(dialect).stream().map(event -> event(reading, event.name(), event.data())).toList();
        // nobody asked for the usage, so its chunk stays here
        assertThat(verdicts).filteredOn(verdict -> !(verdict instanceof Verdict.Pass)).hasSize(dialect == Dialect.CHAT ? 1 : 0);
        assertThat(reading.answered()).isTrue();
        assertThat(reading.finished()).isTrue();
        assertThat(reading.closing()).isEmpty();
        assertThat(reading.servedModel()).isEqualTo("served");
        assertThat(reading.finish()).isEqualTo(switch (dialect) {
            case CHAT -> "stop";
            case RESPONSES -> "completed";
            case MESSAGES -> "end_turn";
            case GEMINI -> "STOP";
        });
        var messages = dialect == Dialect.MESSAGES;
        assertThat(reading.usage()).isEqualTo(new Usage(9, 2, messages ? 1 : 0, messages ? 1 : 0, 4, 1, 0, false));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void atWhichServiceTierItWasMadeIsTold(Dialect dialect) {
        var body = switch (dialect) {
            case CHAT -> "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"service_tier\":\"flex\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"finish_reason\":\"stop\"}]}";
            case RESPONSES -> "{\"status\":\"completed\",\"output\":[],\"service_tier\":\"flex\"}";
            case MESSAGES -> "{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":1,\"service_tier\":\"flex\"}}";
            case GEMINI -> "{\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":1,\"serviceTier\":\"flex\"}}";
        };
        var reading = reading(dialect, false);
        assertThat(whole(reading, body)).isInstanceOf(Verdict.class);
        assertThat(reading.serviceTier()).isEqualTo("flex");
        var silent = reading(dialect, false);
        whole(silent, body.replace("\"flex\"", "null"));
        assertThat(silent.serviceTier()).isNull();
    }

    @Test
    void ofAStreamTheServiceTierIsToldByItsChunks() {
        var chat = reading(Dialect.CHAT, true);
        event(chat, "", chunk(delta("{\"content\":\"a\"}", "null"), ",\"service_tier\":\"flex\""));
        event(chat, "", chunk(delta("{}", "\"stop\""), ""));
        assertThat(chat.serviceTier()).isEqualTo("flex");
        var messages = reading(Dialect.MESSAGES, true);
        event(messages, "message_start", "{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1,\"service_tier\":\"priority\"}}}");
        event(messages, "message_delta", "{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":1}}");
        assertThat(messages.serviceTier()).isEqualTo("priority");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamHasAnsweredWithItsFirstContentAndNotBefore(Dialect dialect) {
        var reading = reading(dialect, true);
        var events = stream(dialect);
        for (int at = 0; at < events.size(); at++) {
            event(reading, events.get(at).name(), events.get(at).data());
            assertThat(reading.answered()).as(events.get(at).data()).isEqualTo(at >= quiet(dialect));
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anEventThatIsCutAnywhereIsAFaultAndNeverPasses(Dialect dialect) {
        for (var event : stream(dialect)) {
            for (int cut = 1; cut < event.data().length() && event.data().startsWith("{"); cut++) {
                var verdict = event(reading(dialect, true), event.name(), event.data().substring(0, cut));
                assertThat(verdict).as(event.data().substring(0, cut)).isInstanceOf(Verdict.Failed.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamThatEndsEarlyIsNotFinished(Dialect dialect) {
        var events = stream(dialect);
        var last = switch (dialect) {
            case CHAT, GEMINI -> 2;
            case RESPONSES -> 3;
            case MESSAGES -> 5;
        };
        for (int kept = 0; kept <= events.size(); kept++) {
            var reading = reading(dialect, true);
            events.subList(0, kept).forEach(event -> event(reading, event.name(), event.data()));
            assertThat(reading.finished()).as(kept + " events").isEqualTo(kept > last);
        }
    }

    @Test
    void whatAFinishedStreamLacksIsPutBehindIt() {
        assertThat(closing(Dialect.CHAT, 4)).isEqualTo("data: [DONE]\n\n");
        assertThat(closing(Dialect.MESSAGES, 6)).isEqualTo("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        assertThat(closing(Dialect.GEMINI, 3)).isEmpty();
        assertThat(closing(Dialect.RESPONSES, 4)).isEmpty();
        assertThat(closing(Dialect.MESSAGES, 4)).isEmpty();
    }

    private static String closing(Dialect dialect, int events) {
        var reading = reading(dialect, true);
        stream(dialect).subList(0, events).forEach(event -> event(reading, event.name(), event.data()));
        return new String(reading.closing(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamWhereAWholeAnswerWasAskedForIsGathered(Dialect dialect) {
        var reading = reading(dialect, false);
        stream(dialect).forEach(event -> assertThat(event(reading, event.name(), event.data())).isNotInstanceOf(Verdict.Failed.class));
        assertThat(reading.finished()).isTrue();
        var whole = ModelJson.MAPPER.readTree(reading.closing());
        assertThat(text(dialect, whole)).startsWith(dialect == Dialect.RESPONSES ? "message" : "3");
        assertThat(whole(reading(dialect, false), whole.toString())).isEqualTo(AnswerReading.PASS);
        assertThat(reading.usage()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aWholeAnswerWhereAStreamWasAskedForBecomesOne(Dialect dialect) {
        var gathered = reading(dialect, false);
        stream(dialect).forEach(event -> event(gathered, event.name(), event.data()));
        var verdict = whole(reading(dialect, true), new String(gathered.closing(), StandardCharsets.UTF_8));
        assertThat(verdict).isInstanceOf(Verdict.Mended.class);
        var events = events(((Verdict.Mended) verdict).bytes());
        var reading = reading(dialect, true);
        events.forEach(event -> assertThat(event(reading, event.name(), event.data())).isInstanceOf(Verdict.Pass.class));
        assertThat(reading.finished()).isTrue();
        var again = reading(dialect, false);
        events.forEach(event -> event(again, event.name(), event.data()));
        assertThat(text(dialect, ModelJson.MAPPER.readTree(again.closing())))
                .isEqualTo(text(dialect, ModelJson.MAPPER.readTree(gathered.closing())));
    }

    private static String text(Dialect dialect, JsonNode whole) {
        return whole.at(switch (dialect) {
            case CHAT -> "/choices/0/message/content";
            case RESPONSES -> "/output/0/type";
            case MESSAGES -> "/content/0/text";
            case GEMINI -> "/candidates/0/content/parts/0/text";
        }).asString();
    }

    private static List<Event> events(byte[] bytes) {
        var events = new ArrayList<Event>();
        for (var event : new String(bytes, StandardCharsets.UTF_8).split("\n\n")) {
            var lines = event.split("\n");
            var name = lines.length == 2 ? lines[0].substring("event: ".length()) : "";
            events.add(new Event(name, lines[lines.length - 1].substring("data: ".length())));
        }
        return events;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "CHAT      |                | {\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\"}}                              | 429 | false",
        "RESPONSES | error          | {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"sorry\",\"param\":null}                | 502 | true",
        "RESPONSES | response.failed| {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow down\"}}} | 429 | true",
        "RESPONSES |                | {\"error\":{\"message\":\"no\",\"code\":401}}                                                       | 502 | false",
        "MESSAGES  | error          | {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}          | 503 | true",
        "MESSAGES  | error          | {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"too long\"}}       | 400 | true",
        "MESSAGES  | error          | {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key\"}} | 502 | false",
        "MESSAGES  |                | {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}          | 503 | false",
        "MESSAGES  | message        | {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}          | 503 | false",
        "GEMINI    | error          | {\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}                   | 503 | false",
        "MESSAGES  |                | {\"error\":{\"message\":\"no\",\"code\":503}}                                                       | 503 | false",
        "GEMINI    |                | {\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}                   | 503 | true",
        "GEMINI    |                | {\"error\":{\"code\":400,\"message\":\"quota of org-abcdef12\",\"status\":\"INVALID_ARGUMENT\"}}   | 400 | false",
        "MESSAGES  |                | {\"choices\":[]}                                                                                    | 502 | false",
        "GEMINI    |                | {\"choices\":[]}                                                                                    | 502 | false",
        "RESPONSES |                | {\"choices\":[]}                                                                                    | 502 | false",
        "GEMINI    |                | null                                                                                                | 502 | false",
        "MESSAGES  |                | 7                                                                                                   | 502 | false",
        "RESPONSES | response.completed | {\"type\":\"response.completed\"}                                                               | 502 | false",
        "MESSAGES  | message_stop   | {\"type\":\"message_stop\"}                                                                         | 502 | false",
        "CHAT      |                | [DONE]                                                                                              | 502 | false",
    })
    void anErrorInAStreamIsOneAndPassesOnlyIfItNamesNobodysAccount(Dialect dialect, String name, String data, int status, boolean passes) {
        var verdict = event(reading(dialect, true), name == null ? "" : name, data);
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Failed.class, failed -> {
            assertThat(failed.error().status()).isEqualTo(status);
            assertThat(failed.passes()).isEqualTo(passes);
            assertThat(failed.error().message()).doesNotContain("abcdef12");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "RESPONSES | {\"id\":\"r\",\"status\":\"failed\",\"output\":[],\"error\":{\"code\":\"server_error\",\"message\":\"sorry\"}} | 502",
        "RESPONSES | {\"id\":\"r\",\"output\":null}                                                            | 502",
        "MESSAGES  | {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}  | 429",
        "MESSAGES  | {\"type\":\"message\",\"content\":null}                                                   | 502",
        "GEMINI    | {\"error\":{\"code\":429,\"message\":\"slow down\",\"status\":\"RESOURCE_EXHAUSTED\"}}    | 429",
        "GEMINI    | {\"text\":\"hi\"}                                                                         | 502",
        "GEMINI    | []                                                                                        | 502",
        "MESSAGES  | <html>sign in</html>                                                                      | 502",
        "RESPONSES | ~~                                                                                        | 502",
        "GEMINI    | \"hi\"                                                                                    | 502",
    })
    void anAnswerThatIsNoneIsAnErrorWhateverItsStatusSaid(Dialect dialect, String body, int status) {
        assertThat(whole(reading(dialect, false), body == null ? "" : body))
                .isInstanceOfSatisfying(Verdict.Failed.class, failed -> assertThat(failed.error().status()).isEqualTo(status));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "CHAT      | {\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null},\"finish_reason\":\"stop\"}]}",
        "RESPONSES | {\"id\":\"r\",\"error\":null,\"output\":[],\"usage\":null}",
        "MESSAGES  | {\"type\":\"message\",\"content\":[],\"stop_reason\":\"refusal\",\"error\":null}",
        "GEMINI    | {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}",
    })
    void anAnswerWithoutContentIsStillOne(Dialect dialect, String body) {
        assertThat(whole(reading(dialect, false), body)).isEqualTo(AnswerReading.PASS);
    }

    @Test
    void clientsOfResponsesFindWhatTheyTakeForGiven() {
        var body = "{\"id\":\"r\",\"output\":[{\"type\":\"reasoning\"}],\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}";
        assertThat(whole(reading(Dialect.RESPONSES, false), body)).isInstanceOfSatisfying(Verdict.Mended.class, mended -> {
            var json = ModelJson.MAPPER.readTree(mended.bytes());
            assertThat(json.at("/usage/input_tokens_details/cached_tokens").asInt(-1)).isZero();
            assertThat(json.at("/output/0/summary").isArray()).isTrue();
        });
    }

    @Test
    void anEventOfMessagesWithoutItsNameGetsItForItWouldBePassedOver() {
        var delta = "{\"type\":\"content_block_delta\",\"delta\":{}}";
        for (var name : new String[] {"", "message"}) {
            assertThat(event(reading(Dialect.MESSAGES, true), name, delta)).isInstanceOfSatisfying(Verdict.Mended.class, mended ->
                    assertThat(new String(mended.bytes(), StandardCharsets.UTF_8)).isEqualTo("event: content_block_delta\ndata: " + delta + "\n\n"));
        }
    }

    @Test
    void anEventOfGeminiLosesItsNameForItWouldBeReadAsJson() {
        var chunk = stream(Dialect.GEMINI).getLast().data();
        assertThat(event(reading(Dialect.GEMINI, true), "chunk", chunk)).isInstanceOfSatisfying(Verdict.Mended.class, mended ->
                assertThat(new String(mended.bytes(), StandardCharsets.UTF_8)).isEqualTo("data: " + chunk + "\n\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"3\"}}]}",
        "{\"id\":\"\",\"object\":\"x\",\"created\":1,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"3\"}}]}",
        "{\"id\":\"c\",\"object\":\"x\",\"created\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"3\"}}]}",
    })
    void whatClientsOfChatTakeForGivenIsPutIn(String chunk) {
        assertThat(event(reading(Dialect.CHAT, true), "", chunk)).isInstanceOfSatisfying(Verdict.Mended.class, mended -> {
            var json = ModelJson.MAPPER.readTree(events(mended.bytes()).getFirst().data());
            assertThat(json.path("id").asString()).isNotEmpty();
            assertThat(json.path("created").isNumber()).isTrue();
            assertThat(json.at("/choices/0/delta/content").asString()).isEqualTo("3");
        });
    }

    @Test
    void toolCallsInPartsPassIfTheyAreWhole() {
        var reading = reading(Dialect.CHAT, true);
        var begin = chunk(delta("{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}", "null"), "");
        var more = chunk(delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}", "null"), "");
        assertThat(event(reading, "", begin)).isEqualTo(AnswerReading.PASS);
        assertThat(event(reading, "", more)).isEqualTo(AnswerReading.PASS);
        assertThat(reading.answered()).isTrue();
        var odd = begin.replace("\"a\"", "\"\"").replace("\"arguments\":\"\"", "\"arguments\":{\"x\":1}");
        assertThat(event(reading(Dialect.CHAT, true), "", odd)).isInstanceOfSatisfying(Verdict.Mended.class, mended -> {
            var call = ModelJson.MAPPER.readTree(events(mended.bytes()).getFirst().data()).at("/choices/0/delta/tool_calls/0");
            assertThat(call.path("id").asString()).startsWith("call_");
            assertThat(call.at("/function/arguments").asString()).isEqualTo("{\"x\":1}");
        });
    }

    @Test
    void theTokensOfThePromptStandWithEachChoice() {
        var body = "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"prompt_token_ids\":[1,2],\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"3\"},\"finish_reason\":\"stop\",\"token_ids\":[3]}]}";
        assertThat(whole(reading(Dialect.CHAT, false), body)).isInstanceOfSatisfying(Verdict.Mended.class, mended ->
                assertThat(ModelJson.MAPPER.readTree(mended.bytes()).at("/choices/0/prompt_token_ids").toString()).isEqualTo("[1,2]"));
        var already = body.replace("\"prompt_token_ids\":[1,2],", "").replace("\"token_ids\"", "\"prompt_token_ids\":[1,2],\"token_ids\"");
        assertThat(whole(reading(Dialect.CHAT, false), already)).isEqualTo(AnswerReading.PASS);
    }

    /** As vLLM tells them: those of the prompt once, in the first chunk, those of the answer with each. */
    @Test
    void theTokensOfAStreamsPromptStandWithItsChoices() {
        var reading = reading(Dialect.CHAT, true);
        var first = event(reading, "", chunk(
                "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}",
                ",\"prompt_token_ids\":[1,2]"));
        assertThat(first).isInstanceOfSatisfying(Verdict.Mended.class, mended -> assertThat(
                ModelJson.MAPPER.readTree(events(mended.bytes()).getFirst().data()).at("/choices/0/prompt_token_ids").toString()).isEqualTo("[1,2]"));
        var next = "{\"index\":0,\"delta\":{\"content\":\"3\"},\"logprobs\":{\"content\":[{\"token\":\"token_id:3\",\"logprob\":-0.5,"
                + "\"bytes\":null,\"top_logprobs\":[]}]},\"finish_reason\":\"stop\",\"token_ids\":[3]}";
        assertThat(event(reading, "", chunk(next, ""))).isEqualTo(AnswerReading.PASS);

        var gathered = reading(Dialect.CHAT, false);
        event(gathered, "", chunk("{\"index\":0,\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}", ",\"prompt_token_ids\":[1,2]"));
        event(gathered, "", chunk(next, ""));
        var choice = ModelJson.MAPPER.readTree(gathered.closing()).at("/choices/0");
        assertThat(choice.path("prompt_token_ids").toString()).isEqualTo("[1,2]");
        assertThat(choice.path("token_ids").toString()).isEqualTo("[3]");
        assertThat(choice.at("/logprobs/content")).hasSize(1);
    }

    /** xAI names the thoughts that its sum holds beside what came out, Google's own server of this dialect does not even name them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10 | 5 | 35 |  | 25 | 20", "10 | 5 | 35 | 20 | 25 | 20", "10 | 25 | 35 | 20 | 25 | 20", "10 | 25 | 35 |  | 25 | 0", "10 | 25 | 3 | 20 | 25 | 20"
    })
    void thoughtsThatOnlyTheSumHoldsCameOutToo(int in, int out, int sum, Integer thoughts, int output, int reasoning) {
        var reading = reading(Dialect.CHAT, true);
        event(reading, "", chunk(delta("{\"content\":\"x\"}", "null"), ",\"usage\":{\"prompt_tokens\":" + in + ",\"completion_tokens\":" + out
                + ",\"total_tokens\":" + sum + ",\"completion_tokens_details\":{\"reasoning_tokens\":" + thoughts + "}}"));
        assertThat(reading.usage()).isEqualTo(new Usage(in, 0, 0, 0, output, reasoning, 0, false));
    }

    @Test
    void manyPiecesAreJoinedInTheirOrder() {
        var reading = reading(Dialect.CHAT, false);
        for (var piece = 0; piece < 20_000; piece++) {
            event(reading, "", chunk(delta("{\"content\":\"" + piece % 10 + "\"}", "null"), ""));
        }
        event(reading, "", chunk(delta("{}", "\"stop\""), ""));
        assertThat(ModelJson.MAPPER.readTree(reading.closing()).at("/choices/0/message/content").asString()).isEqualTo("0123456789".repeat(2000));
    }

    @Test
    void usageInEveryChunkCountsOnceAndPassesWithItsContent() {
        var reading = reading(Dialect.CHAT, true);
        for (int tokens = 1; tokens <= 3; tokens++) {
            var usage = ",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":" + tokens + "}";
            assertThat(event(reading, "", chunk(delta("{\"content\":\"x\"}", "null"), usage))).isEqualTo(AnswerReading.PASS);
        }
        assertThat(reading.usage()).isEqualTo(new Usage(9, 0, 0, 0, 3, 0, 0, false));
    }

    @Test
    void aCountThatIsWrittenAsAFractionIsOneAndWhatIsNoneIsNotTold() {
        var reading = reading(Dialect.CHAT, true);
        event(reading, "", chunk(delta("{\"content\":\"x\"}", "null"), ",\"usage\":{\"prompt_tokens\":12.0,\"completion_tokens\":1e1}"));
        assertThat(reading.usage()).isEqualTo(new Usage(12, 0, 0, 0, 10, 0, 0, false));
        var untold = reading(Dialect.CHAT, true);
        event(untold, "", chunk(delta("{\"content\":\"x\"}", "null"), ",\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1.5}"));
        assertThat(untold.usage()).isNull();
    }

    @Test
    void ofSeveralChoicesAllHaveToEnd() {
        var reading = reading(Dialect.CHAT, true, 2);
        event(reading, "", chunk(delta("{\"content\":\"a\"}", "null"), ""));
        event(reading, "", chunk(delta("{}", "\"stop\""), ""));
        assertThat(reading.finished()).isFalse(); // the other has not even begun
        event(reading, "", chunk(delta("{\"content\":\"b\"}", "null").replace("\"index\":0", "\"index\":1"), ""));
        assertThat(reading.finished()).isFalse();
        event(reading, "", chunk(delta("{}", "\"length\"").replace("\"index\":0", "\"index\":1"), ""));
        assertThat(reading.finished()).isTrue();
        assertThat(reading(Dialect.CHAT, true, 2).finished()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\" \"", "\"null\""})
    void aReasonThatIsNoneEndsNothing(String reason) {
        var reading = reading(Dialect.CHAT, true);
        event(reading, "", chunk(delta("{\"role\":\"assistant\"}", reason), ""));
        assertThat(reading.answered()).isFalse();
        event(reading, "", chunk(delta("{\"content\":\"a\",\"tool_calls\":[]}", reason), ""));
        assertThat(reading.finished()).isFalse();
        assertThat(reading.finish()).isNull();
        var whole = reading(Dialect.CHAT, false);
        event(whole, "", chunk(delta("{\"content\":\"a\"}", reason), ""));
        event(whole, "", "[DONE]");
        assertThat(whole.finished()).isFalse();
        var message = reading(Dialect.MESSAGES, true);
        event(message, "message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":" + reason + "}}");
        assertThat(message.finished()).isFalse();
    }

    @Test
    void whatIsCountedOrEmbeddedIsReadToo() {
        var head = new CallHead("m", -1, -1, false, -1, false, null, true, -1, -1, false, List.of(), 1, null);
        var embeddings = Dialects.reading(Dialect.CHAT, Operation.EMBED, "prov", head, false, NOW);
        assertThat(whole(embeddings, "{\"data\":[{\"embedding\":\"AAAA\"}],\"model\":\"e\",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}"))
                .isEqualTo(AnswerReading.PASS);
        assertThat(embeddings.usage()).isEqualTo(new Usage(4, 0, 0, 0, 0, 0, 0, false));
        for (var count : List.of(
                Dialects.reading(Dialect.MESSAGES, Operation.COUNT_TOKENS, "prov", head, false, NOW),
                Dialects.reading(Dialect.GEMINI, Operation.COUNT_TOKENS, "prov", head, false, NOW))) {
            assertThat(whole(count, "{\"input_tokens\":7,\"totalTokens\":7}")).isEqualTo(AnswerReading.PASS);
            assertThat(count.usage()).isEqualTo(Usage.NONE);
            assertThat(whole(count, "{}")).isInstanceOf(Verdict.Failed.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anEmptyEventAndWhatComesBehindTheEndIsNotPassedOn(Dialect dialect) {
        assertThat(event(reading(dialect, true), "", " \t")).isEqualTo(AnswerReading.DROP);
        var chat = reading(Dialect.CHAT, true);
        stream(Dialect.CHAT).forEach(event -> event(chat, "", event.data()));
        assertThat(Arrays.asList(event(chat, "", "[DONE]"), event(chat, "", chunk("", "")))).containsOnly(AnswerReading.DROP);
    }
}
