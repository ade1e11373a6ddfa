// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunRefTests {

    @Test
    void hexAndDashedAreTheSameRun() {
        var id = UUID.fromString("d269e11f-7006-492f-82ec-ae82e90942ed");
        assertThat(RunRef.ofRun("f", "D269E11F7006492F82ECAE82E90942ED")).isEqualTo(new RunRef(id, null));
        assertThat(RunRef.ofRun("f", "{d269e11f-7006-492f-82ec-ae82e90942ed}")).isEqualTo(new RunRef(id, null));
    }

    @Test
    void aTextBecomesTheIdThatTheClientsSpansCarry() {
        // python: uuid.uuid5(uuid.NAMESPACE_URL, "hud.task_run:my run/7")
        assertThat(RunRef.ofRun("f", "my run/7"))
                .isEqualTo(new RunRef(UUID.fromString("2e18e78a-2c54-5c65-8187-e23b1b445daf"), "my run/7"));
    }

    @Test
    void whatIsNoIdIsRefusedWithTheFieldsName() {
        assertThatThrownBy(() -> RunRef.ofRun("trace_id", " "))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("trace_id: must not be blank");
        assertThatThrownBy(() -> RunRef.ofRun("trace_id", "x".repeat(201)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("at most 200");
    }
}
