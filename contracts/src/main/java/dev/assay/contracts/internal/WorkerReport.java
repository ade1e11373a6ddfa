// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/workers/report}: every few seconds a worker says what it is, does and holds. Answered with {@link WorkerOrders}.
 *
 * @param state {@code working}, {@code draining} (takes no new work, ends what it has), {@code drained} (has none left),
 *     {@code closed} (takes none, for that reason), or {@code stopping}: its last word
 * @param reason why it is closed; null otherwise
 * @param version of the program; empty if it is not known
 * @param isolation what keeps sandboxes in: {@code bubblewrap}, or {@code none}
 * @param kinds the runtimes that it has just now
 * @param capacity what it has at most
 * @param holds what it works on
 * @param spans what waits for trace-service
 * @param folders bytes of what it keeps on disk, by what that is: {@code versions}, {@code venvs}, …
 * @param gives what one sandbox may have; null: a worker of an earlier release, which does not tell
 */
public record WorkerReport(
        String state,
        @Nullable String reason,
        String version,
        String isolation,
        List<String> kinds,
        Capacity capacity,
        Holds holds,
        Spans spans,
        Map<String, Long> folders,
        @Nullable Gives gives) {

    /** Whether it takes new work, as far as it goes by itself: an operator may have told it otherwise. */
    public boolean takesWork() {
        return state.equals("working");
    }

    /**
     * At most.
     *
     * @param runs at once
     * @param sessions at once
     * @param cpus processors that all sandboxes share
     * @param memoryMb MiB that all sandboxes share
     * @param gpus graphics processors that all sandboxes share
     */
    public record Capacity(int runs, int sessions, double cpus, long memoryMb, int gpus) {}

    /**
     * To one sandbox at most.
     *
     * @param memoryMb MiB
     * @param diskMb MiB
     * @param network whether any may reach out
     */
    public record Gives(long memoryMb, long diskMb, boolean network) {}

    /** How many pieces of which work it holds. */
    public record Holds(int runs, int sessions, int builds) {}

    /**
     * Spans that trace-service has not taken.
     *
     * @param waitingBytes on disk
     * @param lost since the process started, for want of room
     */
    public record Spans(long waitingBytes, long lost) {}
}
