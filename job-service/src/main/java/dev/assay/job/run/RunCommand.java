// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.time.Duration;

/** What somebody wants of a run. */
public sealed interface RunCommand {

    /** Spans came: whose run is it? */
    record Claim() implements RunCommand {}

    /** The platform shall drive it. */
    record Submit() implements RunCommand {}

    /** A client has begun to drive it. */
    record Enter() implements RunCommand {}

    /** The client that drives it tells its end. */
    record Exit(Ending ending) implements RunCommand {}

    /** A worker takes it from the queue. */
    record Take(String worker, Duration timeout) implements RunCommand {}

    /** The worker is alive and so far. */
    record Renew(String worker, int attempt, RunState.Phase phase) implements RunCommand {}

    /** The worker tells the end of its attempt. */
    record Report(String worker, int attempt, Ending ending) implements RunCommand {}

    /** Somebody wants it stopped. */
    record Cancel() implements RunCommand {}

    /** Time has passed. */
    record Sweep() implements RunCommand {}
}
