// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.Decision.Answer;

/** What becomes of a session, and what the asker hears. */
record SessionDecision(SessionState next, Answer answer) {

    static SessionDecision done(SessionState next) {
        return new SessionDecision(next, Answer.DONE);
    }

    static SessionDecision nothingToDo(SessionState same) {
        return new SessionDecision(same, Answer.NOTHING_TO_DO);
    }

    static SessionDecision refused(SessionState same) {
        return new SessionDecision(same, Answer.REFUSED);
    }
}
