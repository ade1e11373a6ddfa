// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.loop.Connections;
import dev.assay.sdk.agents.loop.Conversation;
import dev.assay.sdk.agents.loop.Dialect;
import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.model.Wire;
import dev.assay.sdk.agents.tool.ServedTool;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's Responses API: the server keeps the conversation and knows a shell and a computer by words of its own. */
public final class OpenAiDialect implements Dialect {

    @Override
    public String type() {
        return "openai";
    }

    @Override
    public Wire wire() {
        return Wire.OPENAI;
    }

    @Override
    public Set<String> protocols() {
        return Set.of(Connections.SSH, Connections.RFB, Connections.MCP);
    }

    @Override
    public List<Offer> offers(Connections connections, AgentRun run) throws Exception {
        var offers = new ArrayList<Offer>();
        connections.workspace().ifPresent(workspace -> offers.add(new Offer(new ShellCalls(workspace), ShellCalls.declaration())));
        connections.screen().ifPresent(screen -> offers.add(new Offer(new ComputerCalls(screen), ComputerCalls.declaration())));
        for (var tool : connections.served()) {
            offers.add(new Offer(tool, declaration(tool)));
        }
        return offers;
    }

    @Override
    public Conversation open(ModelHttp http, AgentRun run, List<Offer> offers) {
        return new OpenAiConversation(http, OpenAiConfig.of(run.config()), run.prompt(), offers);
    }

    private static JsonNode declaration(ServedTool tool) throws IOException {
        return Json.object()
                .put("type", "function")
                .put("name", tool.name())
                .put("description", tool.descriptionFor("OpenAI"))
                .<ObjectNode>set("parameters", StrictSchema.of(tool.parameters()))
                .put("strict", true);
    }
}
