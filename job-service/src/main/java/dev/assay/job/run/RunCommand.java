// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.UserId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What somebody wants of a run. */
public sealed interface RunCommand {

    /** Spans came: whose run is it? */
    record Claim() implements RunCommand {}

    /** The platform shall drive it; or rather not, if its job was cancelled already. */
    record Submit(boolean cancelled) implements RunCommand {}

    /** A client has begun to drive it. */
    record Enter() implements RunCommand {}

    /** The client that drives it tells its end. */
    record Exit(Ending ending) implements RunCommand {}

    /** A worker takes it from the queue. */
    record Take(String worker, @Nullable UUID ask, RunState.Terms terms) implements RunCommand {}

    /** The worker is alive and so far. */
    record Renew(String worker, int attempt, RunState.Phase phase) implements RunCommand {}

    /** The worker tells the end of its attempt. */
    record Report(String worker, int attempt, Ending ending) implements RunCommand {}

    /** The worker gives it back; if something went wrong in the worker itself, that is a loss and said here. */
    record Release(String worker, int attempt, @Nullable String failure) implements RunCommand {}

    /**
     * Somebody wants it stopped.
     *
     * @param user null: nobody in particular
     */
    record Cancel(@Nullable UserId user) implements RunCommand {

        public Cancel() {
            this(null);
        }
    }

    /** Somebody wants it run again, if it has ended without a grade. */
    record Rerun(UserId user) implements RunCommand {}

    /** Time has passed. */
    record Sweep() implements RunCommand {}
}
