// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure.Phase;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long each phase took. Several phases of one name add up. */
final class Timings {

    private final Map<String, Long> millis = new LinkedHashMap<>();
    private Phase phase = Phase.PROVISIONING;
    private long since = System.nanoTime();

    synchronized void enter(Phase next) {
        long now = System.nanoTime();
        millis.merge(name(phase), (now - since) / 1_000_000, Long::sum);
        phase = next;
        since = now;
    }

    synchronized Phase phase() {
        return phase;
    }

    /** Under which its time is told. */
    private static String name(Phase phase) {
        return switch (phase) {
            case PROVISIONING, PROVISIONING_VERIFIER -> "provision";
            case STARTING_TASK -> "start";
            case AGENT_LOOP -> "agent";
            case GRADING, VERIFYING -> "grade";
            case ACTOR_CLEANUP, CLEANUP, REPORT -> "cleanup";
        };
    }

    /** Up to now. */
    synchronized Map<String, Long> told() {
        enter(phase);
        return Map.copyOf(millis);
    }
}
