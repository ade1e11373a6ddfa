// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Which blobs something names. A blob is on the disk before its row: whoever is about to name one takes the lock, looks whether it is there, and
 * writes; whoever clears away takes it alone.
 */
@Repository
class BlobsInUse {

    private static final String LOCK = "hashtextextended('training blobs', 0)";

    private final JdbcClient jdbc;

    BlobsInUse(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Until the transaction ends, nothing is cleared away. */
    void keep() {
        jdbc.sql("select pg_advisory_xact_lock_shared(" + LOCK + ")").query(row -> {});
    }

    /** Until the transaction ends, nobody names any. */
    void lock() {
        jdbc.sql("select pg_advisory_xact_lock(" + LOCK + ")").query(row -> {});
    }

    /** What was over so long ago needs its batch no more. What a step is still to be made of is kept, however old. */
    int forgetBatches(Duration kept) {
        return jdbc.sql("""
                        update call set datums = null, weights = null, logprobs = null
                        where datums is not null and state in ('done', 'failed') and ended_at < now() - make_interval(secs => :kept)
                            and (kind = 'forward' or state = 'failed' or dropped or checkpoint is not null)""")
                .param("kept", kept.toSeconds())
                .update();
    }

    /** Those of these that nothing names. */
    List<String> unused(Collection<String> blobs) {
        return jdbc.sql("""
                        select blob from unnest(:blobs) blob
                        where not exists (select from call where blob in (datums, weights, logprobs) and datums is not null)
                            and not exists (select from checkpoint where blob in (weights, state))
                            and not exists (select from model where weights = blob)""")
                .param("blobs", blobs.toArray(String[]::new))
                .query(String.class)
                .list();
    }
}
