// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.RunId;
import dev.assay.contracts.training.Chunk;
import dev.assay.training.datum.Trajectory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchReaderTests {

    private static final String SAMPLE = "{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3, 4], \"output_logprobs\": [-0.5, -1]}";

    private final List<Object> heard = new ArrayList<>();

    private BatchSettings read(String body) {
        return BatchReader.read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), new BatchInputs() {
            @Override
            public void recorded(RunId run) {
                heard.add(run);
            }

            @Override
            public void given(Trajectory trajectory) {
                heard.add(trajectory);
            }
        });
    }

    @Test
    void inputsAreHeardInTheirOrderWhateverStandsBetween() {
        var settings = read("""
                {"loss_fn": "ppo", "inputs": ["0123456789abcdef0123456789abcdef", {"reward": 0.5, "samples": [%s], "trace_id": null}],
                 "loss_fn_config": {"epsilon": 0.2}, "group_size": 2, "reward_scale": 2, "num_substeps": 3}""".formatted(SAMPLE));

        assertThat(settings).isEqualTo(new BatchSettings("ppo", Map.of("epsilon", 0.2), 2, 2, 3));
        assertThat(heard.getFirst()).isEqualTo(RunId.parse("01234567-89ab-cdef-0123-456789abcdef"));
        var given = (Trajectory) heard.getLast();
        assertThat(given.reward()).isEqualTo(0.5);
        assertThat(given.samples().getFirst().prompt()).containsExactly(new Chunk.Text(1, 2));
        assertThat(given.samples().getFirst().output()).containsExactly(3, 4);
        assertThat(given.samples().getFirst().logprobs()).containsExactly(-0.5f, -1);
    }

    @Test
    void whatIsNotSaidIsAsTheClientHasIt() {
        assertThat(read("{\"inputs\": [{\"reward\": 1, \"samples\": [" + SAMPLE + "]}]}"))
                .isEqualTo(new BatchSettings(null, Map.of(), null, 1, 1));
    }

    @Test
    void aPromptMayHavePictures() {
        read("""
                {"inputs": [{"reward": 1, "samples": [{"output_token_ids": [3], "prompt_chunks": [
                 {"type": "encoded_text", "tokens": [1, 2]}, {"type": "image", "data": "aGk=", "format": "png", "expected_tokens": 7},
                 {"type": "image", "data": "aGk=", "format": "jpeg", "height": 2, "width": 3, "tokens": 5}]}]}]}""");

        assertThat(((Trajectory) heard.getFirst()).samples().getFirst().prompt()).containsExactly(
                new Chunk.Text(1, 2), new Chunk.Image("aGk=", "png", 7), new Chunk.Image("aGk=", "jpeg", 5));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[] | the body: must be an object",
        "{\"inputs\": [] | the body is no JSON",
        "{\"inputs\": []} | inputs: must hold at least one",
        "{} | inputs: must hold at least one",
        "{\"inputs\": [1]} | inputs[0]: must be an object",
        "{\"inputs\": [\"x\"]} | inputs[0]: 'x' is no id of a trace",
        "{\"inputs\": [{\"reward\": 1, \"samples\": []}]} | inputs[0].samples: must hold at least one",
        "{\"inputs\": [{\"samples\": [S]}]} | inputs[0].reward: required",
        "{\"inputs\": [{\"reward\": 1e999, \"samples\": [S]}]} | inputs[0].reward: is too large",
        "{\"inputs\": [{\"reward\": NaN, \"samples\": [S]}]} | the body is no JSON",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [{}]}]} | inputs[0].samples[0].output_token_ids: required",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S, {\"output_token_ids\": [-1]}]}]} | inputs[0].samples[1].output_token_ids: holds -1",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [{\"output_token_ids\": [1], \"output_logprobs\": [-1, -2]}]}]} | output_logprobs: 2 of them for 1",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S], \"group\": 1}]} | inputs[0]: has no member 'group'",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S]}], \"group_size\": 2} | group_size: 1 inputs are no groups of 2",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S]}], \"group_size\": 0} | group_size: must be 1 or more, not 0",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S]}], \"num_substeps\": 1.5} | num_substeps: must be a whole number",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S]}], \"loss_fn_config\": {\"beta\": \"x\"}} | loss_fn_config.beta: must be a number",
        "{\"inputs\": [{\"reward\": 1, \"samples\": [S]}]} {} | the body goes on"})
    void whatIsWrongIsSaidWithItsPlace(String body, String said) {
        assertThatThrownBy(() -> read(body.replace("S]", SAMPLE + "]").replace("[S,", "[" + SAMPLE + ",")))
                .hasMessageContaining(said);
    }
}
