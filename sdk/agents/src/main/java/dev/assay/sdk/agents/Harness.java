// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import java.util.Set;

/** One way of letting a model act on an environment. Holds nothing of a run: one harness serves many at once. */
public interface Harness {

    /** The agent type whose runs it drives, as a submitted agent names it: {@code openai_compatible}. */
    String type();

    /**
     * The protocols, such as {@code mcp/2025-11-25}, that agents of this type work with and this harness cannot yet: a run whose environment
     * offers one is not begun, for its agent would lack what it is measured with.
     */
    Set<String> lacking();

    /** Whether its agents are programs inside the environment's workspace, which must be let through to their model. */
    default boolean worksInside() {
        return false;
    }

    /**
     * Drives one run to the agent's end, and has stopped acting on the environment when it returns. What goes wrong inside is a result of
     * status {@code error}, so that what the agent did until then can still be graded.
     *
     * @throws AgentFailedException if the agent gave up by itself: what it had is graded
     * @throws NoModelAnswerException if not one model call was answered: such a run is not graded
     * @throws InterruptedException if the thread was interrupted: the model call or command of the moment was abandoned
     * @throws Exception if the run could not begin: a capability does not open, the config makes no sense
     */
    AgentResult run(AgentRun run) throws Exception;
}
