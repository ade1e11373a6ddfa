// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A kind of work that is held by leases.
 *
 * @param <L> a lease of it
 */
public interface Work<L> {

    /** What its threads are called. */
    String name();

    /**
     * Waits a while for pieces of it.
     *
     * @param ask the same for a question whose answer was lost, so that it is answered with the same leases
     * @param free how many may come at most
     */
    List<L> ask(UUID ask, int free);

    /** Takes a question back whose answer is waited for: what is given back next must not be the answer. */
    default void withdraw(UUID ask) {}

    /** Does one piece, to its end. What goes wrong in the work itself is told by it; what escapes is a fault of this worker's. */
    void run(L lease);

    /**
     * Gives one piece back that is not being worked on.
     *
     * @param failure what went wrong in this worker; null: nothing
     */
    void giveBack(L lease, @Nullable String failure);

    /** Ends all pieces at hand, and gives each back. */
    void endHeld();

    /** The same, also of one that is just begun; nothing is begun any more. */
    void endAll();
}
