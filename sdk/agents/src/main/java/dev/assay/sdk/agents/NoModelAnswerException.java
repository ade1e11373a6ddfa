// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import org.jspecify.annotations.Nullable;

/**
 * Not one model call of the run was answered: nothing was heard of the agent, so there is nothing to grade. A grade would make the
 * provider's failure the model's reward of 0. The message is for people, and is already recorded as a step of its own.
 */
public final class NoModelAnswerException extends Exception {

    private final @Nullable String stopReason;
    private final boolean modelsOwn;

    /** @param stopReason {@code timeout} if the agent's time ended while the failing call was tried again; null otherwise */
    public NoModelAnswerException(String message, @Nullable String stopReason, @Nullable Throwable cause) {
        this(message, stopReason, true, cause);
    }

    private NoModelAnswerException(String message, @Nullable String stopReason, boolean modelsOwn, @Nullable Throwable cause) {
        super(message, cause);
        this.stopReason = stopReason;
        this.modelsOwn = modelsOwn;
    }

    /** The agent failed before it came to ask, or for a reason of its own: no model is to blame. */
    public static NoModelAnswerException notAsked(String message, Throwable cause) {
        return new NoModelAnswerException(message, null, false, cause);
    }

    /** As {@link AgentResult#stopReason} has it. */
    public @Nullable String stopReason() {
        return stopReason;
    }

    /** Whether a model was asked and did not answer. */
    public boolean isModelsOwn() {
        return modelsOwn;
    }
}
