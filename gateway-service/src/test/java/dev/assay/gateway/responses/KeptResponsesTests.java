// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conversations of Responses, of which each call brings only what is new. */
@GatewayTest
class KeptResponsesTests {

    private static final String PATH = "/inference/responses";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @LocalServerPort
    int port;

    @Autowired
    ResponseRows rows;

    Client member;
    String model;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        member = new Client(port).ofTeam("talkers");
        serves("provider");
        for (var path : new String[] {"POST /v1/chat/completions", "POST /native/chat/completions"}) {
            FakeServices.PROVIDER.on(path, 200, """
                    {"id": "c", "object": "chat.completion", "created": 1, "model": "big", "choices": [{"index": 0,
                    "message": {"role": "assistant", "content": "Two"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}}""");
        }
    }

    private void serves(String upstream) {
        model = "talk-" + NUMBER.incrementAndGet();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "%s", "modelName": "%s", "provider": "%s", "upstreamModel": "big"}""".formatted(UUID.randomUUID(), model, upstream));
    }

    private String answers(String id, String more) {
        return answers(id, more, "msg_1");
    }

    private String answers(String id, String more, String message) {
        var body = """
                {"id": "%s", "object": "response", "created_at": 1, "status": "completed", "model": "big", "error": null, "output": [
                {"type": "reasoning", "id": "rs_1", "summary": []},
                {"type": "message", "id": "%s", "role": "assistant", "status": "completed",
                 "content": [{"type": "output_text", "text": "%s", "annotations": []}]}],
                "usage": {"input_tokens": 1, "output_tokens": 1, "input_tokens_details": {"cached_tokens": 0},
                "output_tokens_details": {"reasoning_tokens": 0}}}""".formatted(id, message, more);
        FakeServices.PROVIDER.on("POST /native/responses", 200, body);
        return body;
    }

    private Client.Answer ask(String input, String more) {
        return member.post(PATH, "{\"model\": \"" + model + "\", \"input\": " + input + more + "}");
    }

    private String id(Client.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("id").asString();
    }

    private static String after(String id) {
        return ", \"previous_response_id\": \"" + id + "\"";
    }

    private static JsonNode sent() {
        return JsonMapper.shared().readTree(FakeServices.PROVIDER.last().text());
    }

    @Test
    void anUpstreamThatKeepsNothingIsToldAllThatWasSaid() {
        var first = id(ask("\"One?\"", ""));
        var second = id(ask("[{\"role\": \"user\", \"content\": \"More?\"}]", after(first)));
        id(ask("\"Most?\"", after(second)));
        assertThat(sent().path("messages").valueStream().map(message -> message.path("role").asString("")).toList())
                .containsExactly("user", "assistant", "user", "assistant", "user");
        assertThat(sent().path("messages").toString()).containsSubsequence("One?", "Two", "More?", "Two", "Most?");
    }

    @Test
    void aStreamThatItsClientHasSeenToTheEndCanBeContinued() {
        var script = "stream-" + NUMBER.incrementAndGet();
        FakeServices.PROVIDER.on("POST /v1/chat/completions", (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            var chunk = "data: {\"id\":\"c\",\"object\":\"x\",\"created\":1,\"model\":\"big\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                    + script + "\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(chunk.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        var stream = ask("\"One?\"", ", \"stream\": true").text();
        var completed = stream.lines().filter(line -> line.startsWith("data:") && line.contains("\"response.completed\"")).findFirst().orElseThrow();
        var first = JsonMapper.shared().readTree(completed.substring("data:".length())).path("response").path("id").asString();
        ask("\"More?\"", after(first) + ", \"stream\": true");
        assertThat(sent().path("messages").toString()).containsSubsequence("One?", script, "More?");
    }

    @Test
    void anAnswerIsKeptWhateverItBeginsWithAndItsLinesEndWith() {
        serves("native");
        FakeServices.PROVIDER.on("POST /native/responses", 200, " \n\n" + answers("resp_d" + model, "Two"));
        var whole = id(ask("\"One?\"", ""));
        assertThat(member.get(PATH + "/" + whole).status()).isEqualTo(200);

        FakeServices.PROVIDER.on("POST /native/responses", (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(("event: response.output_text.delta\r\ndata: {\"type\":\"response.output_text.delta\",\"delta\":"
                    + "\"response.completed\"}\r\n\r\nevent: response.completed\r\ndata: {\"type\":\"response.completed\",\"response\":"
                    + "{\"id\":\"resp_e" + model + "\",\"output\":[],\"usage\":null}}\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        assertThat(ask("\"One?\"", ", \"stream\": true").text()).contains("resp_e" + model);
        assertThat(member.get(PATH + "/resp_e" + model).status()).isEqualTo(200);
    }

    @Test
    void anUpstreamThatHasTheConversationGetsTheCallAsItCame() {
        serves("native");
        answers("resp_a" + model, "Two");
        var first = id(ask("\"One?\"", ""));
        answers("resp_b" + model, "Three");
        id(ask("\"More?\"", after(first)));
        assertThat(FakeServices.PROVIDER.last().text())
                .isEqualTo("{\"model\": \"big\", \"input\": \"More?\"" + after(first) + "}");
    }

    @Test
    void whereTheModelHasMovedTheNextUpstreamIsToldAllButUnsealedThoughts() {
        serves("native");
        answers("resp_c" + model, "Two");
        var first = id(ask("\"One?\"", ""));
        serves("provider");
        id(ask("\"More?\"", after(first)));
        assertThat(sent().path("messages").toString()).containsSubsequence("One?", "Two", "More?").doesNotContain("rs_1");
        assertThat(sent().has("previous_response_id")).isFalse();
    }

    @Test
    void anUpstreamThatHasLostTheConversationIsToldAllOfIt() {
        serves("native");
        answers("resp_l" + model, "Two");
        var first = id(ask("\"One?\"", ""));
        for (var refusal : List.of(
                "400 {\"error\": {\"message\": \"No.\", \"type\": \"invalid_request_error\", \"code\": \"previous_response_not_found\"}}",
                "404 {\"error\": {\"message\": \"Response with id '" + first + "' not found.\", \"code\": 404}}")) {
            var answered = answers("resp_m" + model + NUMBER.incrementAndGet(), "Three");
            FakeServices.PROVIDER.seen.clear();
            FakeServices.PROVIDER.on("POST /native/responses", (exchange, seen) -> {
                var isLost = JsonMapper.shared().readTree(seen.text()).path("previous_response_id").isString();
                var body = (isLost ? refusal.substring(4) : answered).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(isLost ? Integer.parseInt(refusal.substring(0, 3)) : 200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            id(ask("\"More?\"", after(first)));
            assertThat(FakeServices.PROVIDER.seen).hasSize(2);
            assertThat(sent().path("input").toString()).containsSubsequence("One?", "Two", "More?");
            assertThat(sent().path("previous_response_id").isNull()).isTrue();
        }
    }

    @Test
    void whatElseAnUpstreamRefusesOfAConversationItIsNotAskedAgain() {
        serves("native");
        answers("resp_n" + model, "Two");
        var first = id(ask("\"One?\"", ""));
        FakeServices.PROVIDER.seen.clear();
        FakeServices.PROVIDER.on("POST /native/responses", 400, "{\"error\": {\"message\": \"temperature: too hot\", \"code\": \"hot\"}}");
        assertThat(ask("\"More?\"", after(first)).status()).isEqualTo(400);
        assertThat(FakeServices.PROVIDER.seen).hasSize(1);
    }

    @Test
    void anItemThatIsNamedByItsIdIsTheUpstreamsToFindWhereThatHasIt() {
        serves("native");
        answers("resp_i" + model, "Two", "msg_i" + model);
        id(ask("\"One?\"", ""));
        var input = "[{\"type\": \"item_reference\", \"id\": \"msg_i" + model + "\"}, {\"role\": \"user\", \"content\": \"More?\"}]";
        answers("resp_j" + model, "Three");
        var second = id(ask(input, ""));
        assertThat(FakeServices.PROVIDER.last().text()).contains(input);
        var kept = member.get(PATH + "/" + second + "/input_items?order=asc").json();
        assertThat(kept.path("data").path(0).path("content").path(0).path("text").asString()).isEqualTo("Two");
    }

    @Test
    void anItemThatIsNamedByItsIdIsSaidAgainToWhomItIsNew() {
        serves("native");
        answers("resp_k" + model, "Two", "msg_k" + model);
        id(ask("\"One?\"", ""));
        serves("provider");
        var input = "[{\"role\": \"user\", \"content\": \"One?\"}, {\"id\": \"msg_k%s\", \"type\": \"item_reference\"}, "
                + "{\"role\": \"user\", \"content\": \"More?\"}]";
        var known = model.replaceAll(".*-", "");
        id(ask(input.formatted("talk-" + (Integer.parseInt(known) - 1)), ""));
        assertThat(sent().path("messages").toString()).containsSubsequence("One?", "Two", "More?").doesNotContain("item_reference");
    }

    @Test
    void anItemOfNobodyOrOfAnotherTeamIsNotFound() {
        serves("native");
        answers("resp_o" + model, "Two", "msg_o" + model);
        id(ask("\"One?\"", ""));
        var input = "[{\"type\": \"item_reference\", \"id\": \"%s\"}]";
        var asked = FakeServices.PROVIDER.seen.size();
        for (var id : List.of("msg_unknown", "\\u0000")) {
            assertThat(ask(input.formatted(id), "").status()).isEqualTo(404);
        }
        member = new Client(port).ofTeam("strangers");
        for (var way : List.of(
                "[{\"id\": \"%s\"}]", "[{\"id\": \"%s\", \"type\": null}]",
                "[{\"\\u0069d\": \"%s\"}]", "[{\"id\": \"%s\", \"type\": \"item\\u005freference\"}]")) {
            assertThat(ask(way.formatted("msg_o" + model), "").status()).as(way).isEqualTo(404);
        }
        var answer = ask(input.formatted("msg_o" + model), "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(404);
        assertThat(answer.json().path("error").path("param").asString()).isEqualTo("input");
        assertThat(FakeServices.PROVIDER.seen).hasSize(asked);
    }

    @Test
    void theItemsOfACallAreReadInPages() {
        var first = id(ask("[{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"user\", \"content\": \"b\", \"id\": \"msg_b\"}, "
                + "{\"role\": \"user\", \"content\": \"c\"}]", ""));
        var path = PATH + "/" + first + "/input_items";
        assertThat(contents(member.get(path))).containsExactly("c", "b", "a");
        assertThat(contents(member.get(path + "?order=asc"))).containsExactly("a", "b", "c");
        var page = member.get(path + "?limit=2");
        assertThat(contents(page)).containsExactly("c", "b");
        assertThat(page.json().path("has_more").asBoolean()).isTrue();
        assertThat(page.json().path("last_id").asString()).isEqualTo("msg_b");
        var rest = member.get(path + "?limit=2&after=msg_b");
        assertThat(contents(rest)).containsExactly("a");
        assertThat(rest.json().path("has_more").asBoolean(true)).isFalse();
        for (var bad : List.of("limit=0", "limit=101", "limit=two", "order=up", "after=msg_unknown")) {
            var refused = member.get(path + "?" + bad);
            assertThat(refused.status()).as(bad).isEqualTo(400);
            assertThat(refused.json().path("error").path("param").asString()).isEqualTo(bad.replaceAll("=.*", ""));
        }
    }

    private static List<String> contents(Client.Answer page) {
        return page.json().path("data").valueStream().map(item -> item.path("content").asString("")).toList();
    }

    @Test
    void whatIsNotDoneHereIsRefusedByItsName() {
        serves("native");
        answers("resp_p" + model, "Two");
        var first = id(ask("\"One?\"", ""));
        for (var refused : List.of(ask("\"One?\"", ", \"background\": true"), member.get(PATH + "/" + first + "?stream=true"))) {
            assertThat(refused.status()).as(refused.text()).isEqualTo(400);
            assertThat(refused.json().path("error").path("param").asString()).isIn("background", "stream");
        }
        assertThat(ask("\"One?\"", ", \"background\": false").status()).isEqualTo(200);
    }

    @Test
    void anyEarlierResponseCanBeContinuedNotOnlyTheLast() {
        var first = id(ask("\"One?\"", ""));
        id(ask("\"Dropped?\"", after(first)));
        id(ask("\"Again?\"", after(first)));
        assertThat(sent().path("messages").toString()).containsSubsequence("One?", "Two", "Again?").doesNotContain("Dropped?");
    }

    @Test
    void whatIsUnknownOrAnotherTeamsIsNotFound() {
        var first = id(ask("\"One?\"", ""));
        member = new Client(port).ofTeam("strangers");
        for (var id : new String[] {first, "resp_unknown", "half \\ud83d", "\\u0000"}) {
            var answer = ask("\"More?\"", after(id));
            assertThat(answer.status()).as(answer.text()).isEqualTo(404);
            assertThat(answer.json().path("error").path("code").asString()).isEqualTo("previous_response_not_found");
            assertThat(answer.json().path("error").path("param").asString()).isEqualTo("previous_response_id");
        }
        assertThat(member.get(PATH + "/" + first).status()).isEqualTo(404);
        assertThat(member.delete(PATH + "/" + first).status()).isEqualTo(404);
    }

    @Test
    void whoeverWantsNothingKeptFindsNothing() {
        var first = id(ask("\"One?\"", ", \"store\": false"));
        assertThat(member.get(PATH + "/" + first).status()).isEqualTo(404);
        assertThat(ask("\"More?\"", after(first)).status()).isEqualTo(404);
    }

    @Test
    void aKeptResponseIsReadAsItWasAnsweredAndForgotten() {
        var answer = ask("[{\"role\": \"user\", \"content\": \"One?\"}]", "");
        var first = id(answer);
        assertThat(member.get(PATH + "/" + first).json()).isEqualTo(answer.json());
        var items = member.get("/inference/v1/responses/" + first + "/input_items").json();
        assertThat(items.path("data").path(0).path("content").asString()).isEqualTo("One?");
        assertThat(items.path("data").path(0).path("type").asString()).isEqualTo("message");
        assertThat(items.path("has_more").asBoolean(true)).isFalse();

        var second = id(ask("\"More?\"", after(first)));
        assertThat(member.delete(PATH + "/" + first).json().path("deleted").asBoolean()).isTrue();
        assertThat(member.get(PATH + "/" + first).status()).isEqualTo(404);
        assertThat(member.delete(PATH + "/" + first).json().path("error").path("code").asString()).isEqualTo("response_not_found");
        assertThat(ask("\"Gone?\"", after(first)).status()).isEqualTo(404);
        id(ask("\"Most?\"", after(second)));
        assertThat(sent().path("messages").toString()).containsSubsequence("One?", "More?", "Most?");
    }

    @Test
    void nothingRunsInTheBackgroundThatCouldBeCancelled() {
        var first = id(ask("\"One?\"", ""));
        var answer = member.post(PATH + "/" + first + "/cancel", "");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").path("message").asString()).contains("background");
    }

    @Test
    void whatIsPastItsTimeGoesOnceNothingContinuesIt() {
        var team = new TeamId(UUID.fromString(teamId()));
        var now = Instant.parse("2020-01-01T00:00:00Z");
        rows.keep(team, kept("old", null), List.of(), now, now.plus(Duration.ofDays(1)));
        rows.keep(team, kept("young", "old"), List.of(), now, now.plus(Duration.ofDays(3)));
        rows.sweep(now.plus(Duration.ofDays(2)));
        assertThat(rows.chain(team, "young")).extracting(ResponseRows.Kept::id).containsExactly("old", "young");
        assertThat(rows.find(team, "old", now.plus(Duration.ofDays(2)))).isEmpty();
        while (rows.sweep(now.plus(Duration.ofDays(4))) > 0) {}
        assertThat(rows.chain(team, "young")).isEmpty();
        assertThat(rows.chain(team, "old")).isEmpty();
    }

    @Test
    void aConversationThatIsTooLongIsRefusedBeforeItIsRead() {
        var team = new TeamId(UUID.fromString(teamId()));
        var now = Instant.now();
        var piece = ("[" + " ".repeat(22 << 20) + "]").getBytes(StandardCharsets.UTF_8);
        for (int turn = 0; turn < 3; turn++) {
            var parent = turn == 0 ? null : "long-" + (turn - 1);
            rows.keep(team, new ResponseRows.Kept("long-" + turn, parent, "scripted", false, piece, "{}".getBytes(StandardCharsets.UTF_8)), List.of(), now,
                    now.plus(Duration.ofDays(1)));
        }
        var answer = ask("\"More?\"", after("long-2"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(413);
        assertThat(answer.json().path("error").path("message").asString()).startsWith("input: ");
    }

    @Test
    void theFirstOfAnIdStays() {
        var team = new TeamId(UUID.fromString(teamId()));
        var now = Instant.parse("2026-01-01T00:00:00Z");
        rows.keep(team, kept("same", null), List.of(), now, now.plus(Duration.ofDays(1)));
        rows.keep(team, kept("same", "other"), List.of(), now, now.plus(Duration.ofDays(1)));
        assertThat(rows.find(team, "same", now).orElseThrow().parent()).isNull();
    }

    private String teamId() {
        return member.get("/v2/auth/me").json().path("team_id").asString();
    }

    private static ResponseRows.Kept kept(String id, String parent) {
        var nothing = "[]".getBytes(StandardCharsets.UTF_8);
        return new ResponseRows.Kept(id, parent, "scripted", false, nothing, "{}".getBytes(StandardCharsets.UTF_8));
    }
}
