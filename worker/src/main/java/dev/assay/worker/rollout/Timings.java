// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import java.util.LinkedHashMap;
import java.util.Map;

/** How long each phase took. Several phases of one name add up. */
final class Timings {

    private final Map<String, Long> millis = new LinkedHashMap<>();
    private Phase phase = Phase.PROVISIONING;
    private long since = System.nanoTime();

    synchronized void enter(Phase next) {
        long now = System.nanoTime();
        millis.merge(phase.timing(), (now - since) / 1_000_000, Long::sum);
        phase = next;
        since = now;
    }

    synchronized Phase phase() {
        return phase;
    }

    /** Up to now. */
    synchronized Map<String, Long> told() {
        enter(phase);
        return Map.copyOf(millis);
    }
}
