// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.Remains;
import dev.assay.sdk.runtimes.SandboxLabel;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What is written on each sandbox, so that it can be ended by somebody who did not make it.
 *
 * @param owner the worker whose it is
 * @param deadline after which nobody needs it any more
 */
record Marks(String installation, String owner, String sandbox, String run, int attempt, Instant deadline) {

    static final String INSTALLATION = "assay_installation";
    static final String SANDBOX = "assay_sandbox";
    static final String RUN = "assay_run";
    private static final String OWNER = "assay_worker";
    private static final String ATTEMPT = "assay_attempt";
    private static final String DEADLINE = "assay_deadline";

    static Marks of(AccountWorker worker, String sandbox, SandboxLabel label, Instant deadline) {
        return new Marks(worker.installation(), worker.owner(), sandbox, label.run(), label.attempt(), deadline);
    }

    /** The deadline in seconds since 1970. */
    Map<String, String> written() {
        return Map.of(
                INSTALLATION, installation, OWNER, owner, SANDBOX, sandbox, RUN, run, ATTEMPT, Integer.toString(attempt),
                DEADLINE, Long.toString(deadline.getEpochSecond()));
    }

    /** A deadline that cannot be read is none of ours, and never over; so is an attempt. */
    static Marks read(Map<String, String> written) {
        var deadline = Instant.MAX;
        int attempt = Integer.MAX_VALUE;
        try {
            attempt = Integer.parseInt(written.getOrDefault(ATTEMPT, ""));
            deadline = Instant.ofEpochSecond(Long.parseLong(written.getOrDefault(DEADLINE, "")));
        } catch (NumberFormatException | DateTimeException e) {
            // as above
        }
        return new Marks(
                written.getOrDefault(INSTALLATION, ""), written.getOrDefault(OWNER, ""), written.getOrDefault(SANDBOX, ""),
                written.getOrDefault(RUN, ""), attempt, deadline);
    }

    /** @param open whether the asking worker has a sandbox of this id */
    boolean isLeft(Instant now, AccountWorker worker, Predicate<String> open) {
        return !sandbox.isEmpty() // somebody else's
                && new Remains(worker.installation(), worker.owner(), worker.lives(), open).include(now, installation, owner, sandbox, deadline);
    }

    /** Whether it is of an attempt before this one: whoever has the lease now is the only one who may run it. */
    boolean isBefore(SandboxLabel label) {
        return run.equals(label.run()) && attempt < label.attempt();
    }
}
