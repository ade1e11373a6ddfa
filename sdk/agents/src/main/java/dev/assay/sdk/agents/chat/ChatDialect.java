// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.loop.Connections;
import dev.assay.sdk.agents.loop.Conversation;
import dev.assay.sdk.agents.loop.Dialect;
import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.model.Wire;
import dev.assay.sdk.agents.tool.FunctionTool;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Any model that speaks Chat Completions, with a workspace to work in and the environment's own tools. */
public final class ChatDialect implements Dialect {

    @Override
    public String type() {
        return "openai_compatible";
    }

    @Override
    public Wire wire() {
        return Wire.OPENAI;
    }

    @Override
    public Set<String> protocols() {
        return Set.of(Connections.SSH, Connections.MCP);
    }

    @Override
    public List<Offer> offers(Connections connections, AgentRun run) throws Exception {
        var offers = new ArrayList<Offer>();
        connections.workspace().ifPresent(workspace -> tools(workspace).forEach(
                tool -> offers.add(new Offer(tool, declaration(tool, String.valueOf(tool.description()), tool.parameters())))));
        for (var tool : connections.served()) {
            var description = tool.description() == null || tool.description().isEmpty() ? "Call " + tool.original() : tool.description();
            offers.add(new Offer(tool, declaration(tool, description, ChatSchema.of(tool.parameters()))));
        }
        return offers;
    }

    @Override
    public Conversation open(ModelHttp http, AgentRun run, List<Offer> offers) {
        return new ChatConversation(http, ChatConfig.of(run.config()), run.prompt(), offers);
    }

    private static List<WorkspaceTool> tools(WorkspaceFiles workspace) {
        return List.of(
                new BashTool(workspace),
                new ReadTool(workspace),
                new GlobTool(workspace),
                new GrepTool(workspace),
                new EditTool(workspace),
                new WriteTool(workspace));
    }

    private static JsonNode declaration(FunctionTool tool, String description, JsonNode parameters) {
        var function = Json.object().put("name", tool.name()).put("description", description).set("parameters", parameters);
        return Json.object().put("type", "function").set("function", function);
    }
}
