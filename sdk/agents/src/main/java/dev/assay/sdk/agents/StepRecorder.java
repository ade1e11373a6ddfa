// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.step.Step;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Told of each step as it happens, in order. */
@FunctionalInterface
public interface StepRecorder {

    /** @param startedAt null for a step that takes no time */
    void record(Step step, @Nullable Instant startedAt, Instant endedAt);
}
