// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Gemini's streamGenerateContent, with functions for a workspace and its models' own words for a desktop. */
public final class GeminiDialect implements Dialect {

    @Override
    public String type() {
        return "gemini";
    }

    @Override
    public Wire wire() {
        return Wire.GEMINI;
    }

    @Override
    public Set<String> protocols() {
        return Set.of(Connections.SSH, Connections.RFB, Connections.MCP);
    }

    @Override
    public List<Offer> offers(Connections connections, AgentRun run) throws Exception {
        var offers = new ArrayList<Offer>();
        connections.workspace().ifPresent(workspace ->
                tools(workspace).forEach(tool -> offers.add(new Offer(tool, declaration(tool, tool.description())))));
        connections.screen().ifPresent(screen -> {
            var desktop = Desktop.of(screen, run.config());
            offers.add(new Offer(desktop, desktop.declaration()));
        });
        for (var tool : connections.served()) {
            offers.add(new Offer(tool, declaration(tool, tool.descriptionFor("Gemini"))));
        }
        return offers;
    }

    @Override
    public Conversation open(ModelHttp http, AgentRun run, List<Offer> offers) {
        return new GeminiConversation(http, GeminiConfig.of(run.config()), run.prompt(), offers);
    }

    private static List<FunctionTool> tools(WorkspaceFiles workspace) {
        return List.of(
                new RunShellCommand(workspace),
                new Replace(workspace),
                new WriteFile(workspace),
                new ReadFile(workspace),
                new GrepSearch(workspace),
                new Glob(workspace),
                new ListDirectory(workspace));
    }

    private static ObjectNode declaration(FunctionTool tool, @Nullable String description) {
        return Json.object()
                .put("name", tool.name())
                .put("description", description)
                .set("parameters_json_schema", tool.parameters());
    }
}
