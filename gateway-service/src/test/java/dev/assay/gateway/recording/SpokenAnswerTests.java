// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelJson;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SpokenAnswerTests {

    private static final String SECRET = "sk-proj-abcdefghijklmnop0123";
    private static final Instant NOW = Instant.EPOCH;

    private final Secrets secrets = new Secrets(Set.of());

    private static ObjectNode call(String json) {
        return (ObjectNode) ModelJson.MAPPER.readTree(json);
    }

    private static String chunk(String delta) {
        return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                + delta + ",\"finish_reason\":null}]}\n\n";
    }

    private static final String LAST = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    @Test
    void whatHoldsNoSecretStaysAsItIsToTheByte() {
        var stream = ": a comment\r\n\r\n" + chunk("{\"role\": \"assistant\",  \"content\" :\"Hi\"}").replace("\n", "\r\n") + LAST;
        assertThat(without(new SpokenAnswer(Dialect.CHAT, true, stream)).text()).isEqualTo(stream);
        var whole = "{ \"choices\" : [ {\"message\": {\"content\": \"Hi\"}} ] }";
        assertThat(without(new SpokenAnswer(Dialect.CHAT, false, whole)).text()).isEqualTo(whole);
    }

    @Test
    void aSecretThatAStreamTellsPieceByPieceIsTakenOut() {
        var stream = chunk("{\"role\":\"assistant\",\"content\":\"It is " + SECRET.substring(0, 5) + "\"}")
                + chunk("{\"content\":\"" + SECRET.substring(5, 26) + "\"}")
                + chunk("{\"content\":\"" + SECRET.substring(26) + ".\"}")
                + LAST;
        var clean = without(new SpokenAnswer(Dialect.CHAT, true, stream));
        assertThat(clean.text())
                .contains("It is «secret».", "\"finish_reason\":\"stop\"", "[DONE]")
                .doesNotContain(SECRET.substring(5, 20))
                .doesNotContain(SECRET.substring(20, 26));
    }

    @Test
    void anAnswerThatSpellsASecretInAnyOtherWayIsNotRecorded() {
        var parts = List.of(SECRET.substring(0, 5), SECRET.substring(5, 12), SECRET.substring(12));
        var tokens = new StringBuilder();
        var interleaved = new StringBuilder();
        var input = new StringBuilder();
        for (var part : parts) {
            tokens.append("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + part + "\"},"
                    + "\"logprobs\":{\"content\":[{\"token\":\"" + part + "\",\"logprob\":-1,\"top_logprobs\":[]}]}}]}\n\n");
            for (var index = 0; index < 2; index++) {
                interleaved.append("data: {\"id\":\"c\",\"choices\":[{\"index\":" + index
                        + ",\"delta\":{\"content\":\"" + part + "\"}}]}\n\n");
            }
            input.append("event: response.custom_tool_call_input.delta\ndata: {\"type\":\"response.custom_tool_call_input.delta\","
                    + "\"item_id\":\"ctc_1\",\"output_index\":0,\"delta\":\"" + part + "\"}\n\n");
        }
        var call = call("{\"model\":\"m\",\"messages\":[]}");
        for (var stream : List.of(tokens + LAST, interleaved + LAST)) {
            assertThat(new SpokenAnswer(Dialect.CHAT, true, stream).without(secrets, call, "m", NOW).map(SpokenAnswer::text).orElse(""))
                    .doesNotContain(parts.get(1));
        }
        assertThat(new SpokenAnswer(Dialect.RESPONSES, true, input.toString())
                .without(secrets, call("{\"model\":\"m\",\"input\":\"x\"}"), "m", NOW)).isEmpty();
        var whole = "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"" + SECRET + "\"},\"logprobs\":{\"content\":["
                + parts.stream().map(part -> "{\"token\":\"" + part + "\"}").collect(Collectors.joining(",")) + "]}}]}";
        assertThat(new SpokenAnswer(Dialect.CHAT, false, whole).without(secrets, call, "m", NOW)).isEmpty();
    }

    @Test
    void aSecretInTheArgumentsOfACallIsTakenOutOfThem() {
        var stream = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\","
                + "\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"stop_reason\":null,"
                + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"
                + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{"
                + "\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"bash\",\"input\":{}}}\n\n"
                + delta("{\\\"command\\\": \\\"export KEY=sk-pr") + delta("oj-abcdefghijklmnop0123\\\"}")
                + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\",\"stop_sequence\":null},"
                + "\"usage\":{\"output_tokens\":9}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        var clean = new SpokenAnswer(Dialect.MESSAGES, true, stream)
                .without(secrets, call("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[]}"), "m", NOW);
        assertThat(clean.orElseThrow().text()).contains("export KEY=«secret»", "toolu_1", "\"tool_use\"", "message_stop")
                .doesNotContain("abcdefghijklmnop");
    }

    private static String delta(String json) {
        return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\","
                + "\"partial_json\":\"" + json + "\"}}\n\n";
    }

    @Test
    void anAnswerIsToldInTheOtherFormWhenNothingIsLostByIt() {
        var whole = new SpokenAnswer(Dialect.CHAT, false, "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,"
                + "\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\",\"tool_calls\":[{\"id\":\"call_1\","
                + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": 1}\"}}]},"
                + "\"finish_reason\":\"tool_calls\"}]}");
        var call = call("{\"model\":\"m\",\"messages\":[],\"stream\":true}");
        var stream = whole.turned(call, "m", NOW).orElseThrow();
        assertThat(stream.text()).startsWith("data: ").contains("\"content\":\"Hi\"", "\"call_1\"", "tool_calls", "data: [DONE]");
        assertThat(stream.turned(call, "m", NOW).orElseThrow().text()).startsWith("{").contains("\"content\":\"Hi\"", "\"call_1\"");
    }

    @Test
    void anAnswerWithMoreInItThanTextThoughtsAndCallsIsNotTurnedOver() {
        var answer = "{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"completed\",\"output\":["
                + "{\"type\":\"computer_call\",\"id\":\"cu_1\",\"call_id\":\"call_1\",\"action\":{\"type\":\"screenshot\"}}]}";
        var call = call("{\"model\":\"m\",\"input\":\"x\"}");
        assertThat(new SpokenAnswer(Dialect.RESPONSES, false, answer).turned(call, "m", NOW)).isEmpty();
    }

    @Test
    void aResponseKeepsItsIdWhateverBecomesOfIt() {
        var answer = "{\"id\":\"resp_of_the_provider\",\"object\":\"response\",\"created_at\":1,\"status\":\"completed\","
                + "\"model\":\"m\",\"output\":[{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\","
                + "\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hi\",\"annotations\":[]}]}]}";
        var stream = new SpokenAnswer(Dialect.RESPONSES, false, answer)
                .turned(call("{\"model\":\"m\",\"input\":\"x\",\"stream\":true}"), "m", NOW);
        assertThat(stream.orElseThrow().responseId()).isEqualTo("resp_of_the_provider");
        assertThat(stream.orElseThrow().text()).contains("response.completed", "\"delta\":\"Hi\"");
    }

    private SpokenAnswer without(SpokenAnswer answer) {
        return answer.without(secrets, call("{\"model\":\"m\",\"messages\":[]}"), "m", NOW).orElseThrow();
    }
}
