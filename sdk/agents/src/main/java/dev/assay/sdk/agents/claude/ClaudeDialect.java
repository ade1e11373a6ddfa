// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

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

/** Claude, and other models behind the same protocol: the shell, an editor, the screen and the environment's own tools. */
public final class ClaudeDialect implements Dialect {

    @Override
    public String type() {
        return "claude";
    }

    @Override
    public Wire wire() {
        return Wire.ANTHROPIC;
    }

    @Override
    public Set<String> protocols() {
        return Set.of(Connections.SSH, Connections.RFB, Connections.MCP);
    }

    @Override
    public ObjectNode defaults() {
        var encoding = Json.object().put("mime_type", "image/webp").put("quality", 85);
        return Json.object().put("tool_timeout_seconds", 120).<ObjectNode>set("screenshot_encoding", encoding);
    }

    @Override
    public List<Offer> offers(Connections connections, AgentRun run) throws Exception {
        var model = ClaudeConfig.of(run.config()).model();
        var offers = new ArrayList<Offer>();
        connections.workspace().ifPresent(workspace -> {
            offers.add(new Offer(new BashTool(workspace), ClaudeTools.bash(model)));
            offers.add(new Offer(new EditorTool(workspace), ClaudeTools.editor(model)));
        });
        connections.screen().ifPresent(screen -> {
            var kind = ComputerKind.of(model);
            offers.add(new Offer(new ComputerTool(screen, kind), ClaudeTools.computer(kind, screen.width(), screen.height())));
        });
        for (var tool : connections.served()) {
            offers.add(new Offer(tool, declaration(tool)));
        }
        return offers;
    }

    @Override
    public Conversation open(ModelHttp http, AgentRun run, List<Offer> offers) {
        return new ClaudeConversation(http, ClaudeConfig.of(run.config()), run.prompt(), offers);
    }

    private static JsonNode declaration(ServedTool tool) throws IOException {
        return Json.object()
                .put("name", tool.name())
                .put("description", tool.descriptionFor("Claude"))
                .<ObjectNode>set("input_schema", tool.parameters())
                .put("eager_input_streaming", true);
    }
}
