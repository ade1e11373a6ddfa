// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class OverWorkTests {

    @Autowired
    Calls calls;

    final TeamId team = TeamId.random();

    @Test
    void anAttemptIsOverWhenItHoldsNoLeaseAnyMoreAndNotWhileNobodyKnowsOfIt() {
        var run = calls.submit(team, UUID.randomUUID());
        assertThat(over(run.value(), 1)).as("it was never given").isFalse();
        calls.lease("w1").expect(200);
        assertThat(over(run.value(), 1)).isFalse();
        calls.release(run, "w1", 1, "null").expect(204);
        assertThat(over(run.value(), 1)).isTrue();
        calls.lease("w2").expect(200);
        assertThat(over(run.value(), 1)).isTrue();
        assertThat(over(run.value(), 2)).isFalse();
        assertThat(over(run.value(), 3)).isFalse();
        calls.outcome(run, "w2", 2, "completed", "{\"score\": 1}").expect(204);
        assertThat(over(run.value(), 2)).isTrue();
        assertThat(over(UUID.randomUUID(), 1)).as("another platform's").isFalse();
    }

    @Test
    void aQuestionSaysWhatItIsAbout() {
        for (var question : List.of("{}", "{\"runs\": [null], \"sessions\": []}", "{\"runs\": [{\"attempt\": 1}], \"sessions\": []}")) {
            assertThat(calls.work("w1", "/internal/work/over", question).expect(400).text("detail")).startsWith("runs");
        }
        calls.post(team, "/internal/work/over", "{\"runs\": [], \"sessions\": []}").expect(404);
    }

    private boolean over(UUID run, int attempt) {
        var asked = "{\"runs\": [{\"id\": \"%1$s\", \"attempt\": %2$d}], \"sessions\": [{\"id\": \"%1$s\", \"attempt\": %2$d}]}".formatted(run, attempt);
        var answer = calls.work("w3", "/internal/work/over", asked).expect(200).body();
        assertThat(answer.get("sessions")).as("it is none").isEmpty();
        return !answer.get("runs").isEmpty();
    }
}
