// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;

/** The talk with a model, kept the way its provider wants it. */
public interface Conversation {

    /**
     * Asks the model for its next turn and keeps the answer.
     *
     * @throws DegenerateTurnException if the answer is of no use and was not kept: asked again, the model may do better
     * @throws InterruptedException if the thread was interrupted
     * @throws java.io.IOException if the model gave none, or one of a shape that nobody knows; the message is for people
     */
    AgentStep next() throws Exception;

    /**
     * Tells the model what came of a call.
     *
     * @throws java.io.IOException if the provider has no words for it; the message is for people
     */
    void answer(ToolCall call, ToolOutcome outcome) throws Exception;

    /** Says something to the model as its user. */
    void say(String text);
}
