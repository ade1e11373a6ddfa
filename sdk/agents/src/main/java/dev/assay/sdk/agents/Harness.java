// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

/** One way of letting a model act on an environment. Holds nothing of a run: one harness serves many at once. */
public interface Harness {

    /** The agent type whose runs it drives, as a submitted agent names it: {@code openai_compatible}. */
    String type();

    /**
     * Drives one run to the agent's end. What goes wrong inside, a model that fails included, is a result of status {@code error}, so
     * that the run can still be graded.
     *
     * @throws InterruptedException if the thread was interrupted: the model call or command of the moment was abandoned
     * @throws Exception if the run could not begin: a capability does not open, the config makes no sense
     */
    AgentResult run(AgentRun run) throws Exception;
}
