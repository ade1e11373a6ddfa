// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static dev.assay.training.export.Recorded.SAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChatRowsTests {

    private static final String PICTURE = "data:image/png;base64,aGk=";

    private final Member member = Recorded.member();

    @Test
    void aChatIsToldWithItsCallsAndTheirResults() throws LeftOutException {
        assertThat(Recorded.written(ChatRows.sft(member, Recorded.said()))).isEqualTo(Recorded.JSON.readTree("""
                {"messages": [
                  {"role": "system", "content": "Be brief."}, {"role": "user", "content": "2 + 2?"},
                  {"role": "assistant", "content": "", "reasoning_content": "A tool knows.",
                   "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{\\"a\\":2,\\"b\\":2}"}}]},
                  {"role": "tool", "tool_call_id": "c1", "name": "add",
                   "content": [{"type": "text", "text": "4"}, {"type": "image_url", "image_url": {"url": "%s"}}]},
                  {"role": "assistant", "content": "4"}],
                 "reward": 1.0, "assay": %s}""".formatted(PICTURE, Recorded.written(member.origin()))));
    }

    @Test
    void aPairHasOnePromptAndTwoWaysToGoOn() throws LeftOutException {
        var pair = ChatRows.pairs(Member.groups(Recorded.JOB, List.of(Recorded.run(0.0), Recorded.run(1.0))).getFirst()).getFirst();
        var worse = Recorded.said("""
                [{"kind": "prompt", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2 + 2?"}]},
                 {"kind": "agent", "text": "5", "tool_calls": []}]""");

        var row = Recorded.written(ChatRows.dpo(pair, Recorded.said(), worse));

        assertThat(row.get("prompt")).hasSize(2);
        assertThat(row.get("chosen")).hasSize(3);
        assertThat(row.get("rejected")).isEqualTo(Recorded.JSON.readTree("[{\"role\": \"assistant\", \"content\": \"5\"}]"));
        assertThat(row.at("/assay/chosen/reward").doubleValue()).isEqualTo(1);
        var unasked = Recorded.said("[{\"kind\": \"agent\", \"text\": \"5\", \"tool_calls\": []}]");
        assertThatThrownBy(() -> ChatRows.dpo(pair, Recorded.said(), unasked))
                .hasMessageContaining("prompt");
    }

    @Test
    void aTrajectoryOfHarborHasObservationsBesideItsCalls() throws LeftOutException {
        var row = Recorded.written(AtifRows.of(member, Recorded.said(), SAMPLES));

        assertThat(row.get("steps")).isEqualTo(Recorded.JSON.readTree("""
                [{"step_id": 1, "timestamp": "2026-11-01T00:00:00Z", "source": "system", "message": "Be brief."},
                 {"step_id": 2, "timestamp": "2026-11-01T00:00:00Z", "source": "user", "message": "2 + 2?"},
                 {"step_id": 3, "timestamp": "2026-11-01T00:00:01Z", "source": "agent", "message": "", "model_name": "toy",
                  "reasoning_content": "A tool knows.",
                  "tool_calls": [{"tool_call_id": "c1", "function_name": "add", "arguments": {"a": 2, "b": 2}}],
                  "metrics": {"prompt_tokens": 2, "completion_tokens": 2, "prompt_token_ids": [1, 2], "completion_token_ids": [3, 4],
                   "logprobs": [-0.5, -0.25]},
                  "observation": {"results": [{"source_call_id": "c1", "content": [{"type": "text", "text": "4"},
                   {"type": "image", "source": {"media_type": "image/png", "path": "%s"}}]}]}},
                 {"step_id": 4, "timestamp": "2026-11-01T00:00:03Z", "source": "agent", "message": "4",
                  "metrics": {"prompt_token_ids": [1, 2, 3, 4, 5], "completion_token_ids": [6], "logprobs": [-1.0]}}]"""
                .formatted(PICTURE)));
        assertThat(row.at("/agent/model_name").stringValue()).isEqualTo("toy");
        assertThat(row.at("/final_metrics/total_steps").intValue()).isEqualTo(4);
    }

    @Test
    void aRolloutOfNemoGymBearsTheIdsOfEachTurnOnItsLastItem() throws LeftOutException {
        var row = Recorded.written(NemoRows.of(member, Recorded.said(), SAMPLES));

        assertThat(row.at("/responses_create_params/input")).isEqualTo(Recorded.JSON.readTree("""
                [{"type": "message", "role": "system", "content": "Be brief."},
                 {"type": "message", "role": "user", "content": "2 + 2?"}]"""));
        assertThat(row.at("/response/output")).isEqualTo(Recorded.JSON.readTree("""
                [{"type": "function_call", "call_id": "c1", "name": "add", "arguments": "{\\"a\\":2,\\"b\\":2}", "status": "completed",
                  "prompt_token_ids": [1, 2], "generation_token_ids": [3, 4], "generation_log_probs": [-0.5, -0.25]},
                 {"type": "function_call_output", "call_id": "c1", "output": "4"},
                 {"type": "message", "id": "%s-3", "role": "assistant", "status": "completed",
                  "content": [{"type": "output_text", "text": "4", "annotations": []}],
                  "prompt_token_ids": [1, 2, 3, 4, 5], "generation_token_ids": [6], "generation_log_probs": [-1.0]}]"""
                .formatted(member.run().id())));
        assertThat(row.get("reward").doubleValue()).isEqualTo(1);
    }

    @Test
    void stepsAndIdsThatDoNotGoTogetherAreNoRow() {
        assertThatThrownBy(() -> NemoRows.of(member, Recorded.said(), SAMPLES.subList(0, 1))).hasMessageContaining("do not go together");
        assertThatThrownBy(() -> AtifRows.of(member, Recorded.said().subList(0, 2), SAMPLES)).hasMessageContaining("do not go together");
    }

    @Test
    void whatNobodySaidIsNoChat() {
        assertThatThrownBy(() -> Chat.messages(Recorded.said().subList(0, 1))).hasMessage("it has no turn of an agent");
        assertThatThrownBy(() -> Chat.messages(Recorded.said("[{\"kind\": \"agent\", \"omitted_bytes\": 9000000}]")))
                .hasMessageContaining("larger");
    }
}
