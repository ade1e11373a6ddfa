// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.testsupport.Tokens;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a trainer answers who asks its models. */
class SamplingTests extends RunningTrainer {

    @Test
    void anAnswerIsInTheFormOfChatCompletions() throws Exception {
        training.samples(model, null, null);
        var answer = ask("'messages': [{'role': 'system', 'content': 'Be short.'},"
                + " {'role': 'user', 'content': [{'type': 'text', 'text': 'Hi'}]}], 'logprobs': true, 'top_logprobs': 2,"
                + " 'return_token_ids': true, 'unknown': {}, 'max_tokens': 20");
        var body = TrainingStandIn.JSON.readTree(answer.body());
        assertThat(answer.headers().firstValue("x-hud-checkpoint")).isEmpty();
        assertThat(body.path("object").asString()).isEqualTo("chat.completion");
        assertThat(body.path("model").asString()).as("as clients call it").isEqualTo("my-toy");
        var choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("content").asString()).matches("\\d");
        assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(choice.path("token_ids").size()).isEqualTo(2);
        assertThat(choice.path("logprobs").path("content").size()).isEqualTo(2);
        assertThat(choice.path("logprobs").path("content").path(0).path("top_logprobs").size()).isEqualTo(2);
        assertThat(body.path("usage").path("prompt_tokens").intValue()).isEqualTo(choice.path("prompt_token_ids").size());
        assertThat(body.path("usage").path("completion_tokens").intValue()).isEqualTo(2);
        var brokenOff = choice("'messages': [{'role': 'user', 'content': 'Hi'}], 'max_tokens': 1");
        assertThat(brokenOff.path("finish_reason").asString()).isEqualTo("length");
    }

    @Test
    void aStreamSaysTheSameInEvents() throws Exception {
        training.samples(model, null, null);
        var asked = "'messages': [{'role': 'user', 'content': 'Hi'}], 'seed': 5, 'logprobs': true, 'return_token_ids': true";
        var whole = choice(asked);
        var answer = ask(asked + ", 'stream': true, 'stream_options': {'include_usage': true}");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        var events = answer.body().lines().filter(line -> !line.isEmpty()).map(line -> line.substring("data: ".length())).toList();
        assertThat(events).hasSize(5).last().isEqualTo("[DONE]");
        var said = events.subList(0, 4).stream().map(TrainingStandIn.JSON::readTree).map(event -> event.path("choices").path(0)).toList();
        assertThat(said.get(0).path("prompt_token_ids")).isEqualTo(whole.path("prompt_token_ids"));
        assertThat(said.get(1).path("delta").path("content")).isEqualTo(whole.path("message").path("content"));
        assertThat(said.get(1).path("token_ids")).isEqualTo(whole.path("token_ids"));
        assertThat(said.get(1).path("logprobs")).isEqualTo(whole.path("logprobs"));
        assertThat(said.get(2).path("finish_reason")).isEqualTo(whole.path("finish_reason"));
        assertThat(TrainingStandIn.JSON.readTree(events.get(3)).path("usage").path("completion_tokens").intValue()).isEqualTo(2);
    }

    @Test
    void aToolIsCalledAndItsResultGoneOnFrom() throws Exception {
        training.samples(model, null, null);
        var tools = ", 'tools': [{'type': 'function', 'function': {'name': 'move', 'parameters': {'type': 'object', 'properties':"
                + " {'direction': {'type': 'string', 'enum': ['up', 'down', 'left', 'right']}}, 'required': ['direction']}}}],"
                + " 'return_token_ids': true, 'logprobs': true";
        var system = "{'role': 'system', 'content': 'Play.'}, {'role': 'user', 'content': 'Go'}";
        JsonNode called = null;
        int seed = 0;
        while (called == null || !called.path("finish_reason").asString().equals("tool_calls")) {
            assertThat(seed).isLessThan(50);
            called = choice("'messages': [" + system + "], 'seed': " + seed++ + tools);
        }
        var function = called.path("message").path("tool_calls").path(0).path("function");
        assertThat(function.path("name").asString()).isEqualTo("move");
        assertThat(function.path("arguments").asString()).matches("\\{\"direction\":\"(up|down|left|right)\"}");
        var answer = ids(called.path("token_ids"));
        var known = IntStream.concat(IntStream.of(ids(called.path("prompt_token_ids"))), IntStream.of(answer)).toArray();
        var result = "{'role': 'tool', 'tool_call_id': 'x', 'content': '2 4'}";
        var on = "'messages': [" + system + ", " + called.path("message") + ", " + result + "]" + tools;
        var next = choice(on + ", 'prompt_token_ids': " + Arrays.toString(known) + ", 'continuation_from': 2");
        assertThat(ids(next.path("prompt_token_ids"))).startsWith(known);
        assertThat(ids(next.path("prompt_token_ids"))).isEqualTo(ids(choice(on).path("prompt_token_ids")));
    }

    @Test
    void anEarlierCheckpointIsSampledFromByItsName() throws Exception {
        var learn = learn(blob(datums("Which digit?", 1)), 1.0);
        done(lease(model, null, learn));
        training.samples(model, "step-1", saved(done(lease(model, null, step(), learn))).weights());
        training.samples(model, "step-2", null);
        var members = "'messages': [{'role': 'user', 'content': 'Hi'}], 'checkpoint': ";
        assertThat(ask(members + "'step-1'").headers().firstValue("x-hud-checkpoint")).hasValue("step-1");
        assertThat(ask(members + "null").headers().firstValue("x-hud-checkpoint")).hasValue("step-2");
        var unknown = ask(members + "'a b&c'");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"error\"", "a b&c");
    }

    @Test
    void whatIsNotDoneIsRefusedByName() throws Exception {
        training.samples(model, null, null);
        var hi = "'messages': [{'role': 'user', 'content': 'Hi'}]";
        var refusals = Map.of(
                hi + ", 'top_p': 0.5", "top_p", hi + ", 'n': 2", "n: ", hi + ", 'temperature': -1", "temperature",
                hi + ", 'stop': ['']", "stop", hi + ", 'max_tokens': 0", "max_tokens",
                hi + ", 'tool_choice': 'required'", "tool_choice", "'messages': []", "messages",
                "'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]", "messages[0].content[0]",
                hi + ", 'prompt_token_ids': ['x'], 'continuation_from': 1", "prompt_token_ids[0]",
                "'messages': [{'role': 'robot', 'content': 'Hi'}]", "messages[0].role");
        for (var refusal : refusals.entrySet()) {
            var answer = ask(refusal.getKey());
            assertThat(answer.statusCode()).as(refusal.getKey()).isEqualTo(400);
            assertThat(TrainingStandIn.JSON.readTree(answer.body()).path("error").path("message").asString())
                    .startsWith(refusal.getValue());
        }
        assertThat(ask(hi + ", 'top_p': 1.0, 'n': 1, 'frequency_penalty': 0, 'temperature': null").statusCode()).isEqualTo(200);
        assertThat(ask("'messages': [{'role': 'user', 'content': '" + "x".repeat(40_000) + "'}]").statusCode()).isEqualTo(413);
        assertThat(ask(Tokens.service(), "{").statusCode()).isEqualTo(400);
        assertThat(ask(Tokens.service(), "{'model': 'gpt', " + hi + "}").statusCode()).isEqualTo(404);
    }

    @Test
    void whileTrainingServiceIsAwayNothingIsSampled() throws Exception {
        training.samples(model, null, null);
        training.down = true;
        try {
            var answer = ask("'messages': [{'role': 'user', 'content': 'Hi'}]");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("\"error\"", "Training-service");
        } finally {
            training.down = false;
        }
    }

    @Test
    void onlyServicesSample() throws Exception {
        var body = "{'model': '" + model + "', 'messages': [{'role': 'user', 'content': 'Hi'}]}";
        assertThat(ask("Bearer nothing", body).statusCode()).isEqualTo(401);
        assertThat(ask(Tokens.member(TeamId.parse(UUID.randomUUID().toString())), body).statusCode()).isEqualTo(404);
        assertThat(ask(Tokens.worker(), body).statusCode()).isEqualTo(403);
    }
}
