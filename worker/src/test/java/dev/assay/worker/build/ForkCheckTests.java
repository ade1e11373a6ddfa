// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import org.junit.jupiter.api.Test;

class ForkCheckTests {

    @Test
    void theFirstTaskThatNeedsNothingIsTried() {
        var tasks = Json.MAPPER.readTree("""
                [{"id": "needs", "args": {"properties": {"x": {}}, "required": ["x"]}},
                 {"id": "may", "args": {"properties": {"x": {"default": 1}}}},
                 {"id": "plain"}]""");
        assertThat(ForkCheck.withoutArguments(tasks)).contains("may");
        assertThat(ForkCheck.withoutArguments(Json.MAPPER.readTree("[{\"id\": \"needs\", \"args\": {\"required\": [\"x\"]}}]"))).isEmpty();
        assertThat(ForkCheck.withoutArguments(Json.MAPPER.readTree("[]"))).isEmpty();
    }

    @Test
    void whatComesToTheSameMayBeForked() {
        assertThat(ForkCheck.difference("t", "{\"prompt\":\"a\"} {\"score\":1}", "{\"prompt\":\"a\"} {\"score\":1}")).isEmpty();
    }

    @Test
    void whatComesToSomethingElseMayNotAndItsAuthorIsToldWhat() {
        assertThat(ForkCheck.difference("t", "{\"score\":1}", "{\"score\":0}"))
                .hasValue("task 't', with the same answer, came to something else as a fork: {\"score\":0} and not {\"score\":1}");
        assertThat(ForkCheck.difference("t", "x".repeat(10_000), "y").orElse("").length()).isLessThan(500);
    }
}
