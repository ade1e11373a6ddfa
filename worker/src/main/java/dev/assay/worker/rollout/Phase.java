// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

/** How far an attempt is; an error's text begins with the label in brackets. */
enum Phase {
    PROVISIONING("provisioning", "provision"),
    STARTING_TASK("starting task", "start"),
    AGENT_LOOP("agent loop", "agent"),
    GRADING("grading", "grade"),
    ACTOR_CLEANUP("actor cleanup", "cleanup"),
    PROVISIONING_VERIFIER("provisioning verifier", "provision"),
    VERIFYING("verifying", "grade"),
    CLEANUP("cleanup", "cleanup");

    private final String label;
    private final String timing;

    Phase(String label, String timing) {
        this.label = label;
        this.timing = timing;
    }

    String label() {
        return label;
    }

    /** Under which name its time is told. */
    String timing() {
        return timing;
    }

    String error(String detail) {
        return "[" + label + "] " + detail;
    }
}
