// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that says what a test tells it to; the last turn is repeated for ever. */
final class FakeConversation implements Conversation {

    final List<String> heard = new ArrayList<>();
    private final Deque<AgentStep> turns = new ArrayDeque<>();
    private @Nullable Exception failure;
    private int ofNoUse;

    FakeConversation says(String content, @Nullable String finishReason, ToolCall... calls) {
        turns.add(AgentStep.says(content, List.of(calls), "fake").withFinish(finishReason, null));
        return this;
    }

    /** Its next turn is degenerate; all such come before those that say something. */
    FakeConversation isOfNoUse() {
        ofNoUse++;
        return this;
    }

    FakeConversation fails(Exception with) {
        failure = with;
        return this;
    }

    @Override
    public AgentStep next() throws Exception {
        if (ofNoUse > 0) {
            ofNoUse--;
            throw new DegenerateTurnException("an empty call");
        }
        if (failure != null && turns.isEmpty()) {
            throw failure;
        }
        return turns.size() == 1 && failure == null ? turns.getFirst() : turns.removeFirst();
    }

    @Override
    public void say(String text) {
        heard.add(text);
    }

    @Override
    public void answer(ToolCall call, ToolOutcome outcome) {
        heard.add(outcome.text());
    }
}
