// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Step;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What is known of a run so far. Written by the thread that hears the program, read by the one that waits for its end. */
final class CliTrace {

    private final StepRecorder steps;
    private final ObjectNode extra = Json.object();
    private @Nullable CharSequence content;
    private boolean answered;

    CliTrace(StepRecorder steps) {
        this.steps = steps;
    }

    synchronized void record(Step step, @Nullable Instant from, Instant to) {
        steps.record(step, from, to);
    }

    /** A model has answered: what comes of it can be graded. */
    synchronized void answered() {
        answered = true;
    }

    synchronized boolean wasAnswered() {
        return answered;
    }

    /** @param told safe to be read by another thread; what it grows by later is part of the answer, too */
    synchronized void content(CharSequence told) {
        content = told;
    }

    /** The answer as it stands; null: none. */
    synchronized @Nullable String content() {
        return content == null ? null : content.toString();
    }

    /** What else the program told of the run. */
    synchronized ObjectNode extra() {
        return extra;
    }
}
