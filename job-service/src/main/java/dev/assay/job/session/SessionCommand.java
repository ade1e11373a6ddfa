// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.Failure;
import dev.assay.contracts.UserId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What somebody wants of a session. */
sealed interface SessionCommand {

    /** A worker takes it from the queue. */
    record Take(String worker, @Nullable UUID ask) implements SessionCommand {}

    /** The worker is alive, and so many tunnels are open. */
    record Renew(String worker, int attempt, int tunnels) implements SessionCommand {}

    /** The sandbox serves; its worker is found there. */
    record Ready(String worker, int attempt, String address) implements SessionCommand {}

    /** The sandbox could not be launched, or is gone. */
    record Fail(String worker, int attempt, Failure failure) implements SessionCommand {}

    /** The worker gives it back; if something went wrong in the worker itself, that is a loss and said here. */
    record Release(String worker, int attempt, @Nullable String failure) implements SessionCommand {}

    /** Somebody of its team wants a tunnel. */
    record Knock() implements SessionCommand {}

    /** Somebody of its team does not want it any more. */
    record Delete(UserId user) implements SessionCommand {}

    /** Time has passed. */
    record Sweep() implements SessionCommand {}
}
