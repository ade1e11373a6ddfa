// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.loop.LoopSettings;
import dev.assay.sdk.agents.loop.ToolLoop;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.step.SystemStep;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * Any model that speaks Chat Completions, with a workspace to work in if the environment has one. Of several workspaces the first is
 * taken. {@code auto_respond} has no effect.
 */
public final class ChatCompletionsHarness implements Harness {

    private static final String SSH = "ssh/2";
    private static final String MCP = "mcp/2025-11-25";

    /** For what follows the end of a command: closing the workspace and the model's connections. */
    private static final Duration REST = Duration.ofSeconds(5);

    private final Clock clock;

    public ChatCompletionsHarness(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String type() {
        return "openai_compatible";
    }

    @Override
    public Set<String> lacking() {
        return Set.of(MCP);
    }

    @Override
    public AgentResult run(AgentRun run) throws Exception {
        var settings = LoopSettings.of(run.config());
        var calls = new ModelCalls();
        try {
            return Interruptible.call(() -> drive(run, settings, calls), settings.timeout(), SshWorkspace.LONGEST_ENDING.plus(REST));
        } catch (TimeoutException e) {
            var error = "agent timed out after " + LoopSettings.seconds(settings.timeout()) + "s"
                    + (calls.onlyFailed() ? ", with no model call answered" : "");
            run.steps().record(new SystemStep(error), null, clock.instant());
            if (calls.onlyFailed()) {
                throw new NoModelAnswerException(error, "timeout", e);
            }
            return AgentResult.failed(null, "timeout", error);
        }
    }

    private AgentResult drive(AgentRun run, LoopSettings settings, ModelCalls calls) throws Exception {
        var shell = run.capabilities().stream().filter(capability -> capability.protocol().equals(SSH)).findFirst();
        if (shell.isEmpty()) {
            return drive(run, settings, calls, List.of());
        }
        try (var workspace = SshWorkspace.connect(shell.get(), run.route())) {
            return drive(run, settings, calls, tools(new WorkspaceFiles(workspace)));
        }
    }

    private AgentResult drive(AgentRun run, LoopSettings settings, ModelCalls calls, List<Tool> tools)
            throws NoModelAnswerException, InterruptedException {
        try (var model = new ChatModel(run.model(), calls)) {
            var conversation = new ChatConversation(model, ChatConfig.of(run.config()), run.prompt(), tools);
            return new ToolLoop(conversation, tools, settings, run.steps(), clock).run();
        }
    }

    private static List<Tool> tools(WorkspaceFiles workspace) {
        return List.of(
                new BashTool(workspace),
                new ReadTool(workspace),
                new GlobTool(workspace),
                new GrepTool(workspace),
                new EditTool(workspace),
                new WriteTool(workspace));
    }
}
