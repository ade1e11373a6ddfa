// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import org.jspecify.annotations.Nullable;

/** One entry of a run's timeline. */
public sealed interface Step permits TaskStep, UserStep, AgentStep, NoteStep, ToolStep, SubagentStep, SystemStep, RobotStep {

    /**
     * The word that tells the kinds apart on the wire: {@code task}, {@code user}, {@code agent}, {@code tool},
     * {@code subagent}, {@code system}; of a robot {@code observation}, {@code inference}, {@code video_segment}.
     */
    String source();

    /** Why the step failed; null if it did not. */
    @Nullable String error();

    /** The name of what a span that carries it holds. */
    default String schema() {
        return "hud.step.v1";
    }

    /** Whether it has a place among the run's steps; what comes from beside them, such as a piece of a film, has none. */
    default boolean numbered() {
        return true;
    }
}
