// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of an attempt.
 *
 * @param evaluation the grade frame; null: never graded, which is not a reward of 0
 */
record Verdict(String status, @Nullable String stopReason, @Nullable JsonNode evaluation, @Nullable String error) {

    private static final String COMPLETED = "completed";
    private static final String ERROR = "error";
    private static final String CANCELLED = "cancelled";

    /** A grade counts however the agent ended. */
    static Verdict graded(AgentEnding agent, ObjectNode frame) {
        return new Verdict(agent.failed() ? ERROR : COMPLETED, agent.stopReason(), frame, agent.error());
    }

    /** Nothing to grade by: the run has no reward. */
    static Verdict gradingFailed(AgentEnding agent, String detail) {
        return new Verdict(ERROR, agent.stopReason(), null, agent.failed() ? agent.error() : Phase.GRADING.error(detail));
    }

    /** The last attempt at a grade failed, too: the run says so instead of saying nothing. */
    static Verdict gradingFailedForGood(AgentEnding agent, String detail) {
        return new Verdict(
                ERROR, agent.stopReason(), failedFrame(agent, detail), agent.failed() ? agent.error() : Phase.GRADING.error(detail));
    }

    /** What a verifier gets to see, and the record shows, of an actor that could not be graded. */
    static ObjectNode failedFrame(AgentEnding agent, String detail) {
        return Json.object().put("score", 0.0).put("answer", agent.content()).put("content", detail).put("isError", true);
    }

    static Verdict failed(Phase phase, Throwable failure) {
        return new Verdict(ERROR, null, null, phase.error(ErrorText.of(failure)));
    }

    /** A phase after the agent's failed; what was graded before it counts no more once a verifier was to have the last word. */
    static Verdict failed(Phase phase, @Nullable AgentEnding agent, @Nullable JsonNode evaluation, Throwable failure) {
        return new Verdict(ERROR, agent == null ? null : agent.stopReason(), evaluation, phase.error(ErrorText.of(failure)));
    }

    /** Nothing was heard of the model: whatever the environment made of that would be a grade of its provider. */
    static Verdict unanswered(NoModelAnswerException failure) {
        return new Verdict(ERROR, failure.stopReason(), null, Phase.AGENT_LOOP.error(ErrorText.of(failure)));
    }

    /**
     * What can be told of a verdict that was refused as it is.
     *
     * @param scored whether the score is, if there is one, of all that the environment said
     */
    Verdict reduced(String refusal, boolean scored) {
        var score = evaluation == null ? null : evaluation.get("score");
        var kept = scored && score != null && score.isNumber() ? Json.object().set("score", score) : null;
        return new Verdict(status.equals(CANCELLED) ? CANCELLED : ERROR, null, kept, refusal);
    }

    static Verdict timedOut(Phase phase, long seconds, @Nullable JsonNode evaluation) {
        return new Verdict(ERROR, "timeout", evaluation, "rollout timed out after " + seconds + "s during " + phase.label());
    }

    static Verdict cancelled(@Nullable JsonNode evaluation) {
        return new Verdict(CANCELLED, null, evaluation, null);
    }
}
