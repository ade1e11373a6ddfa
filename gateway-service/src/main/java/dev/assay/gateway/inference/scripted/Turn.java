// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the script has the assistant do next. */
sealed interface Turn {

    Duration delay();

    /** It says something, calls tools, or both, and may tell what it thought before. */
    record Answer(@Nullable String reasoning, @Nullable String text, List<ToolCall> calls, Duration delay) implements Turn {}

    /** It fails. */
    record Failure(Rule.Failure failure, Duration delay) implements Turn {}

    /** No rule fits. */
    record Silence() implements Turn {
        @Override
        public Duration delay() {
            return Duration.ZERO;
        }
    }

    /**
     * A call of a tool.
     *
     * @param arguments JSON
     */
    record ToolCall(String id, String tool, String arguments) {}
}
