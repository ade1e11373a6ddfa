// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.internal.WorkAttempts;
import dev.assay.sdk.runtimes.SandboxLabel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OverLabelsTests {

    @Test
    void runsAndSessionsAreAskedAboutAndNobodyElse() {
        var id = UUID.randomUUID();
        var run = new SandboxLabel(id.toString(), 2);
        var session = new SandboxLabel("session-" + new SessionId(id), 1);
        var labels = Set.of(run, session, new SandboxLabel("build-" + id, 0), new SandboxLabel("job-" + id, 0), new SandboxLabel("spare", 0));
        assertThat(OverLabels.of(labels, asked -> asked)).containsExactlyInAnyOrder(run, session);
        assertThat(OverLabels.of(labels, asked -> new WorkAttempts(List.of(), asked.sessions()))).containsExactly(session);
    }

    @Test
    void soManyAtATimeAsAreTaken() {
        var labels = new HashSet<SandboxLabel>();
        while (labels.size() < 2 * WorkAttempts.MOST + 1) {
            labels.add(new SandboxLabel(UUID.randomUUID().toString(), 1));
        }
        var questions = new ArrayList<Integer>();
        assertThat(OverLabels.of(labels, asked -> {
            questions.add(asked.runs().size());
            return asked;
        })).isEqualTo(labels);
        assertThat(questions).containsExactly(WorkAttempts.MOST, WorkAttempts.MOST, 1);
    }
}
