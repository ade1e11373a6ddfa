// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.Decision.Answer;

/** What becomes of a session, and what the asker hears. */
record SessionDecision(SessionState next, Answer answer) {}
