// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.RunSettings;
import dev.assay.kit.signal.WorkSignal;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Lets the {@link SessionRules} decide, and writes what they decided. Every change of where a session stands goes through here. */
@Component
class SessionChanges {

    private final SessionRows rows;
    private final SessionRules rules;
    private final WorkSignal signal;

    SessionChanges(SessionRows rows, SessionSettings settings, RunSettings runs, @Qualifier("sessionSignal") WorkSignal signal) {
        this.rows = rows;
        this.rules = settings.rules(runs);
        this.signal = signal;
    }

    SessionRules rules() {
        return rules;
    }

    /** Of a session that the caller has locked. */
    SessionDecision change(Session session, SessionCommand command) {
        var decision = rules.decide(session.state(), command, session.readAt());
        var next = decision.next();
        if (!next.equals(session.state())) {
            rows.update(session.now(next), rules.due(next), decision.step());
        }
        if (next.lease().status() != session.state().lease().status() && !next.text().equals("starting")) {
            signal.arrived(); // for whoever waits for work, or for this one
        }
        return decision;
    }
}
