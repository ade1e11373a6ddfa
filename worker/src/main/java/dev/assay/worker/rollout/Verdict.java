// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
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
record Verdict(String status, @Nullable String stopReason, @Nullable JsonNode evaluation, @Nullable Failure failure) {

    private static final String COMPLETED = "completed";
    private static final String ERROR = "error";
    private static final String CANCELLED = "cancelled";

    /** What went wrong, for people. */
    @Nullable String error() {
        return failure == null ? null : failure.detail();
    }

    /** A grade counts however the agent ended. */
    static Verdict graded(AgentEnding agent, ObjectNode frame) {
        return new Verdict(agent.failure() == null ? COMPLETED : ERROR, agent.stopReason(), frame, agent.failure());
    }

    /**
     * Nothing to grade by: the run has no reward. If the agent had failed before, that is what it says, with a frame instead of nothing.
     */
    static Verdict gradingFailed(AgentEnding agent, String detail) {
        return agent.failure() == null
                ? new Verdict(ERROR, agent.stopReason(), null, Failures.ofGrading(detail))
                : new Verdict(ERROR, agent.stopReason(), failedFrame(agent, detail), agent.failure());
    }

    /** What a verifier gets to see, and the record shows, of an actor that could not be graded. */
    static ObjectNode failedFrame(AgentEnding agent, String detail) {
        return Json.object().put("score", 0.0).put("answer", agent.content()).put("content", detail).put("isError", true);
    }

    /** What was graded before counts no more once a verifier was to have the last word. */
    static Verdict failed(@Nullable AgentEnding agent, Failure failure) {
        return new Verdict(ERROR, agent == null ? null : agent.stopReason(), null, failure);
    }

    /** Nothing was heard of the model: whatever the environment made of that would be a grade of its provider. */
    static Verdict unanswered(NoModelAnswerException thrown) {
        return new Verdict(ERROR, thrown.stopReason(), null, Failures.of(Phase.AGENT_LOOP, thrown));
    }

    /**
     * What can be told of a verdict that was refused as it is: what was refused is the evaluation, as a rule.
     *
     * @param scored whether the score is, if there is one, of all that the environment said
     */
    Verdict reduced(String refusal, boolean scored) {
        var score = evaluation == null ? null : evaluation.get("score");
        var kept = scored && score != null && score.isNumber() ? Json.object().set("score", score) : null;
        return new Verdict(
                status.equals(CANCELLED) ? CANCELLED : ERROR, null, kept, Failure.in(Phase.REPORT, Kind.GRADER, refusal));
    }

    static Verdict timedOut(Failure failure, @Nullable JsonNode evaluation) {
        return new Verdict(ERROR, "timeout", evaluation, failure);
    }

    static Verdict cancelled(@Nullable JsonNode evaluation) {
        return new Verdict(CANCELLED, null, evaluation, null);
    }
}
