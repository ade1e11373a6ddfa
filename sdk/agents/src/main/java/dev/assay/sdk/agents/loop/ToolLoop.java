// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.sdk.protocol.step.ToolCall;
import dev.assay.sdk.protocol.step.ToolStep;
import dev.assay.sdk.protocol.step.UserStep;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turn by turn: the model speaks, its calls are executed one after the other, it hears what came of them. */
final class ToolLoop {

    private static final Logger log = LoggerFactory.getLogger(ToolLoop.class);

    /** The words in which providers say that a turn was cut off. */
    private static final Set<String> TRUNCATED = Set.of("length", "max_output_tokens", "max_tokens", "MAX_TOKENS", "CONTINUATION");

    private static final int TOLERATED_FAILURES = 3;

    /** Of all that a turn's calls say together, in characters: it is kept until the run ends, and no model reads so much. */
    private static final long MOST_OF_A_TURN = 32L << 20;

    private final Conversation conversation;
    private final Dispatch dispatch;
    private final FollowUp followUp;
    private final LoopSettings settings;
    private final StepRecorder steps;
    private final Clock clock;
    private int failuresInARow;
    private boolean answered;

    ToolLoop(
            Conversation conversation, List<? extends Tool> tools, FollowUp followUp, LoopSettings settings, StepRecorder steps, Clock clock) {
        this.conversation = conversation;
        this.dispatch = new Dispatch(tools.stream().collect(Collectors.toMap(Tool::name, Function.identity())), settings.toolTimeout());
        this.followUp = followUp;
        this.settings = settings;
        this.steps = steps;
        this.clock = clock;
    }

    /**
     * Turn by turn to the agent's end.
     *
     * @throws NoModelAnswerException if the first call already failed
     * @throws InterruptedException if the thread was interrupted; nothing is recorded about that
     */
    AgentResult run() throws NoModelAnswerException, InterruptedException {
        try {
            return turns();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.warn("The agent's loop failed", e);
            // an IOException is told for people, anything else is a fault of ours and says so
            var error = e instanceof IOException && e.getMessage() != null ? e.getMessage() : "the agent's loop broke: " + e;
            var result = failed(null, error);
            var isModels = e instanceof IOException && !(e instanceof DegenerateTurnException);
            if (!answered) {
                throw isModels ? new NoModelAnswerException(error, null, e) : NoModelAnswerException.notAsked(error, e);
            }
            return isModels ? AgentResult.modelFailed(null, error) : result;
        }
    }

    private AgentResult turns() throws Exception {
        AgentStep last = null;
        var acted = false;
        for (var turn = 1; turn <= settings.maxSteps(); turn++) {
            try {
                last = nextTurn();
            } catch (DegenerateTurnException e) {
                answered = true;
                if (turn == settings.maxSteps()) {
                    throw e;
                }
                log.warn("Turn {} was of no use: {}", turn, e.getMessage());
                continue;
            }
            if (last.error() != null) {
                return AgentResult.failed(last.content(), last.stopReason(), last.error());
            }
            acted = !last.done() && !last.toolCalls().isEmpty();
            if (!acted) {
                if (!wentOn(last)) {
                    return finished(last);
                }
                continue;
            }
            var stop = stopCondition(last);
            if (stop != null) {
                return AgentResult.completed(last.content(), stop);
            }
            var room = MOST_OF_A_TURN;
            for (var call : last.toolCalls()) {
                room -= execute(call, room);
                if (failuresInARow == TOLERATED_FAILURES) {
                    return failed(last.content(), "SSH tool failure limit reached after " + TOLERATED_FAILURES + " consecutive errors");
                }
            }
        }
        return last == null ? AgentResult.completed(null, "done")
                : acted ? AgentResult.completed(last.content(), "max_steps")
                : finished(last);
    }

    private static AgentResult finished(AgentStep last) {
        return AgentResult.completed(last.content(), isTruncated(last) ? "length" : "done");
    }

    /** Whether a model that stopped was told to go on. */
    private boolean wentOn(AgentStep last) throws InterruptedException {
        var said = last.content() == null || last.content().isEmpty() ? Optional.<String>empty() : followUp.to(last.content());
        said.ifPresent(text -> {
            conversation.say(text);
            steps.record(UserStep.text(text), null, clock.instant());
        });
        return said.isPresent();
    }

    private AgentStep nextTurn() throws Exception {
        var startedAt = clock.instant();
        var step = conversation.next();
        answered = true;
        steps.record(step, startedAt, clock.instant());
        return step;
    }

    /** @return how much came of it, in characters */
    private long execute(ToolCall call, long room) throws Exception {
        var startedAt = clock.instant();
        var dispatched = dispatch.execute(call);
        var size = dispatched.outcome().size();
        var outcome = size <= room ? dispatched.outcome() : ToolOutcome.failure(
                "tool error: the results of this turn's calls are too large together, and this one's is left out; ask for less at once");
        steps.record(new ToolStep(call, result(outcome), null), startedAt, clock.instant());
        conversation.answer(call, outcome);
        if (dispatched.shellLost()) {
            failuresInARow++;
        } else if (!dispatched.outcome().failed()) {
            failuresInARow = 0;
        }
        return outcome.size();
    }

    private static ToolStep.Result result(ToolOutcome outcome) {
        return new ToolStep.Result(outcome.content(), outcome.structured(), outcome.failed(), null, outcome.meta());
    }

    private AgentResult failed(@Nullable String content, String error) {
        steps.record(new SystemStep(error), null, clock.instant());
        return AgentResult.failed(content, null, error);
    }

    private @Nullable String stopCondition(AgentStep step) {
        if (settings.stopOn().contains("length") && isTruncated(step)) {
            return "length";
        }
        var malformed = step.toolCalls().stream().anyMatch(call -> call.arguments() != null && call.arguments().isString());
        return malformed && settings.stopOn().contains("malformed_tool_call") ? "malformed_tool_call" : null;
    }

    private static boolean isTruncated(AgentStep step) {
        return step.finishReason() != null && TRUNCATED.contains(step.finishReason());
    }
}
