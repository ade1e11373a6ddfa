// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.internal.WorkersHere;
import io.swagger.v3.oas.annotations.media.Schema;

/** Why a build has no worker yet: the first thing that keeps it back. */
record Waiting(
        @Schema(
                        description =
                                """
                                `no_worker`: none is here. `no_engine`: it takes a container engine, and no worker that is here has one. `closed`: those that \
                                could do it take no work. `turn`: it is about to begin, or others are before it.""",
                        allowableValues = {"no_worker", "no_engine", "closed", "turn"})
                String reason,
        @Schema(description = "The same for people.") String detail) {

    /** What a worker with an engine has, whichever engine that is: a cluster runs images as well, and builds none. */
    static final String ENGINE = "compose";

    static Waiting of(EngineNeed need, WorkersHere here) {
        if (here.kinds().isEmpty()) {
            return new Waiting("no_worker", "no worker is here");
        }
        boolean engine = here.kinds().contains(ENGINE);
        if (need == EngineNeed.NEEDED && !engine) {
            return new Waiting("no_engine", "no worker that is here has a container engine, without which it cannot be built");
        }
        if (here.open().isEmpty()) {
            return new Waiting("closed", "no worker that is here takes work");
        }
        if (need != EngineNeed.NONE && engine && !here.open().contains(ENGINE)) {
            return new Waiting("closed", "no worker with a container engine takes work");
        }
        return new Waiting("turn", "it is about to begin, or other builds are before it");
    }

    boolean isTurn() {
        return reason.equals("turn");
    }
}
