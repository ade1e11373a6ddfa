// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Transition;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a session, and what the asker hears.
 *
 * @param step why its lease stands elsewhere now; null: it stands where it stood
 */
record SessionDecision(SessionState next, Answer answer, @Nullable Transition step) {

    SessionDecision(SessionState next, Answer answer) {
        this(next, answer, null);
    }
}
