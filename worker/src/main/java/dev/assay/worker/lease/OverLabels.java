// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.WorkAttempts;
import dev.assay.contracts.internal.WorkAttempts.WorkAttempt;
import dev.assay.sdk.runtimes.SandboxLabel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Which of the labels on sandboxes are of runs and sessions, and what is asked and told of those. */
final class OverLabels {

    /** Before a session's id; a run's stands alone. */
    private static final String SESSION = "session-";

    private OverLabels() {}

    /** @param question answered for so many at a time as it takes */
    static Set<SandboxLabel> of(Set<SandboxLabel> labels, UnaryOperator<WorkAttempts> question) {
        var over = new HashSet<SandboxLabel>();
        var all = List.copyOf(labels);
        for (int from = 0; from < all.size(); from += WorkAttempts.MOST) {
            var runs = new ArrayList<WorkAttempt>();
            var sessions = new ArrayList<WorkAttempt>();
            for (var label : all.subList(from, Math.min(all.size(), from + WorkAttempts.MOST))) {
                boolean session = label.run().startsWith(SESSION);
                try {
                    var id = UUID.fromString(session ? label.run().substring(SESSION.length()) : label.run());
                    (session ? sessions : runs).add(new WorkAttempt(id, label.attempt()));
                } catch (IllegalArgumentException e) {
                    // a build's, a job's, or nobody's: those end by their deadline
                }
            }
            if (!runs.isEmpty() || !sessions.isEmpty()) {
                var told = question.apply(new WorkAttempts(runs, sessions));
                told.runs().forEach(run -> over.add(new SandboxLabel(run.id().toString(), run.attempt())));
                told.sessions().forEach(session -> over.add(new SandboxLabel(SESSION + session.id(), session.attempt())));
            }
        }
        return over;
    }
}
