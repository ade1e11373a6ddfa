// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.model.Wire;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** How one provider's models are told of tools and talked to. Holds nothing of a run. */
public interface Dialect {

    /** The agent type, as a submitted agent names it. */
    String type();

    /** Who is called, and what is tried again. */
    Wire wire();

    /** The protocols of the capabilities that its tools work with, version and all. */
    Set<String> protocols();

    /** The members of a config that this type's agents understand otherwise than by {@link LoopSettings}'s own defaults. */
    default ObjectNode defaults() {
        return Json.object();
    }

    /**
     * The tools, in the order in which the model is told of them.
     *
     * @throws java.io.IOException if one cannot be told; the message is for people
     */
    List<Offer> offers(Connections connections, AgentRun run) throws Exception;

    /**
     * Begins the talk of a run with what its prompt says.
     *
     * @throws IllegalArgumentException if the config makes no sense; the message names the field
     */
    Conversation open(ModelHttp http, AgentRun run, List<Offer> offers);
}
