// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import java.util.UUID;

/** What somebody watches. */
record Topic(Kind kind, UUID id) {

    /** A job's runs, or one run. */
    enum Kind {
        JOB,
        RUN
    }

    static Topic job(UUID id) {
        return new Topic(Kind.JOB, id);
    }

    static Topic run(UUID id) {
        return new Topic(Kind.RUN, id);
    }
}
