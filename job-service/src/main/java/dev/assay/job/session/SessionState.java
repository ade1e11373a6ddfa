// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import java.util.Locale;

/** Where a session stands. It only ever moves on, except that a lost worker's unopened session queues up again. */
enum SessionState {
    /** It waits for a worker. */
    QUEUED,
    /** A worker launches its sandbox. */
    STARTING,
    /** Its sandbox serves. */
    READY,
    /** Its sandbox is gone, or about to go. */
    ENDED;

    static SessionState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
