// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static dev.assay.training.export.Recorded.SAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.training.Chunk;
import dev.assay.training.datum.Datums;
import dev.assay.training.datum.Sample;
import dev.assay.training.datum.Trajectory;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TokenRowsTests {

    private final Member member = Recorded.member();

    private JsonNode row(Format format) throws LeftOutException {
        var rows = TokenRows.of(format, member, SAMPLES);
        assertThat(rows).hasSize(1);
        return Recorded.written(rows.getFirst());
    }

    private void assertMembers(JsonNode row, String members) {
        assertThat(row).isEqualTo(Recorded.JSON.readTree(members.formatted(Recorded.written(member.origin()))));
    }

    @Test
    void aRowOfTinkerIsTheDatumThatTrainingMakes() throws LeftOutException {
        var row = row(Format.TINKER);

        assertMembers(row, """
                {"model_input": {"chunks": [{"type": "encoded_text", "tokens": [1, 2, 3, 4, 5]}]},
                 "loss_fn_inputs": {
                  "target_tokens": {"data": [2, 3, 4, 5, 6], "dtype": "int64", "shape": [5]},
                  "logprobs": {"data": [0.0, -0.5, -0.25, 0.0, -1.0], "dtype": "float32", "shape": [5]},
                  "advantages": {"data": [0.0, 0.5, 0.5, 0.0, 0.5], "dtype": "float32", "shape": [5]},
                  "mask": {"data": [0.0, 1.0, 1.0, 0.0, 1.0], "dtype": "float32", "shape": [5]}},
                 "assay": %s}""");
        var datum = Datums.of(new Trajectory(SAMPLES, 1, null), 0).getFirst();
        assertThat(row.at("/loss_fn_inputs/target_tokens/data")).isEqualTo(Recorded.written(datum.targets()));
    }

    @Test
    void aRowOfSlimeHasAllOfItAndAMaskOfTheResponse() throws LeftOutException {
        assertThat(row(Format.SLIME).at("/metadata/sequence").intValue()).isZero();
        var row = (ObjectNode) row(Format.SLIME);
        ((ObjectNode) row.get("metadata")).remove("sequence");
        assertMembers(row, """
                {"group_index": 0, "index": 0, "prompt": "", "tokens": [1, 2, 3, 4, 5, 6], "response": "", "response_length": 4,
                 "loss_mask": [1, 1, 0, 1], "rollout_log_probs": [-0.5, -0.25, 0.0, -1.0], "reward": 1.0, "status": "completed",
                 "metadata": %s}""");
    }

    @Test
    void aRowOfVerlIsWhatAnAgentLoopPutsOut() throws LeftOutException {
        assertMembers(row(Format.VERL), """
                {"prompt_ids": [1, 2], "response_ids": [3, 4, 5, 6], "response_mask": [1, 1, 0, 1],
                 "response_logprobs": [-0.5, -0.25, 0.0, -1.0], "reward_score": 1.0, "num_turns": 4, "metrics": {}, "extra_fields": %s}""");
    }

    @Test
    void aRowOfPrimeIsOneFlatSequence() throws LeftOutException {
        assertMembers(row(Format.PRIME), """
                {"token_ids": [1, 2, 3, 4, 5, 6], "mask": [false, false, true, true, false, true],
                 "logprobs": [0.0, 0.0, -0.5, -0.25, 0.0, -1.0], "temperatures": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], "env_name": "sums",
                 "advantages": [0.0, 0.0, 0.5, 0.5, 0.0, 0.5], "assay": %s}""");
    }

    @Test
    void aFreshConversationIsARowOfItsOwn() throws LeftOutException {
        var fresh = new Sample(List.of(new Chunk.Text(9)), new int[] {8}, new float[] {-2});

        var rows = TokenRows.of(Format.SLIME, member, List.of(SAMPLES.getFirst(), fresh));

        assertThat(rows).extracting(row -> row.at("/metadata/sequence").intValue()).containsExactly(0, 1);
        assertThat(Recorded.written(rows.getLast()).get("tokens")).isEqualTo(Recorded.JSON.readTree("[9, 8]"));
    }

    @Test
    void whatEndedBeforeItWasDoneIsTruncated() throws LeftOutException {
        var cut = Member.groups(Recorded.JOB, List.of(Recorded.run("g1", 0.0, "completed", "max_steps"))).getFirst().getFirst();

        assertThat(TokenRows.of(Format.SLIME, cut, SAMPLES).getFirst().get("status").stringValue()).isEqualTo("truncated");
    }

    @Test
    void picturesArePassedOnWhereThereIsAPlaceForThem() throws LeftOutException {
        var seen = List.of(new Sample(List.of(new Chunk.Text(1), new Chunk.Image("aGk=", "png", 2)), new int[] {3}, new float[] {-1}));

        assertThat(Recorded.written(TokenRows.of(Format.TINKER, member, seen).getFirst()).at("/model_input/chunks/1"))
                .isEqualTo(Recorded.JSON.readTree("""
                        {"type": "image", "data": "aGk=", "format": "png", "expected_tokens": 2}"""));
        assertThatThrownBy(() -> TokenRows.of(Format.VERL, member, seen)).hasMessageContaining("pictures");
    }

    @Test
    void whatHasNoIdsOrNoLogProbabilitiesIsLeftOut() {
        assertThatThrownBy(() -> TokenRows.of(Format.TINKER, member, List.of())).hasMessageContaining("no token ids");
        var unlikely = new Sample(List.of(new Chunk.Text(1)), new int[] {2}, new float[0]);
        assertThatThrownBy(() -> TokenRows.of(Format.TINKER, member, List.of(unlikely)))
                .hasMessageContaining("without log-probabilities");
        assertThatThrownBy(() -> TokenRows.of(Format.TINKER, member, List.of(new Sample(List.of(), new int[] {2}, new float[] {-1}))))
                .hasMessageContaining("behind a first token");
    }
}
