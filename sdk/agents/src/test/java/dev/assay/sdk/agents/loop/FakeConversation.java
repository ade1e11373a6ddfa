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

    FakeConversation says(String content, @Nullable String finishReason, ToolCall... calls) {
        turns.add(new AgentStep(
                content, null, List.of(calls), calls.length == 0, finishReason, null, null, List.of(), null, "fake", null, null, null));
        return this;
    }

    FakeConversation fails(Exception with) {
        failure = with;
        return this;
    }

    @Override
    public AgentStep next() throws Exception {
        if (failure != null && turns.isEmpty()) {
            throw failure;
        }
        return turns.size() == 1 && failure == null ? turns.getFirst() : turns.removeFirst();
    }

    @Override
    public void answer(ToolCall call, ToolOutcome outcome) {
        heard.add(outcome.text());
    }
}
