// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import org.jspecify.annotations.Nullable;

/** One entry of a run's timeline. */
public sealed interface Step permits TaskStep, UserStep, AgentStep, NoteStep, ToolStep, SubagentStep, SystemStep {

    /**
     * The word that tells the kinds apart on the wire: {@code task}, {@code user}, {@code agent}, {@code tool},
     * {@code subagent}, {@code system}.
     */
    String source();

    /** Why the step failed; null if it did not. */
    @Nullable String error();
}
