// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.InsideModel;
import java.util.Set;

/** One program that is an agent: how it is found and started, and how it tells what it does. Holds nothing of a run. */
interface Cli {

    /** The agent type, as a submitted agent names it. */
    String type();

    /** As {@link dev.assay.sdk.agents.Harness#lacking}. */
    Set<String> lacking();

    /** Whether what it writes tells that a model answered it. */
    default boolean tellsOfItsModel() {
        return true;
    }

    /**
     * What is to be started.
     *
     * @throws CliException if it cannot be; the message is for people
     */
    Launch launch(AgentRun run, InsideModel model, RemoteShell shell) throws Exception;

    /** Understands what one start of it writes. */
    CliEvents events(AgentRun run, CliTrace trace);
}
