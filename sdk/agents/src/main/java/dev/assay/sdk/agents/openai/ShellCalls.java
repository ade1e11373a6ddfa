// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.ShellTool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.ToolCall;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's own shell: commands one after the other, whatever becomes of those before, each with its streams and its exit code. */
record ShellCalls(WorkspaceFiles workspace) implements ShellTool {

    static final String NAME = "shell";

    private static final String LIMIT = "max_output_length";

    static JsonNode declaration() {
        return Json.object().put("type", NAME).set("environment", Json.object().put("type", "local"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var limit = limit(arguments.path(LIMIT));
        if (limit.isEmpty()) {
            return refused("max_output_length must be a whole number from 1 on", Json.object());
        }
        var commands = commands(arguments.path("commands"));
        if (commands.isEmpty()) {
            return refused("commands must be a list of strings", Json.object().put(LIMIT, limit.get()));
        }
        var structured = structured();
        var outputs = structured.putArray("output");
        var shown = new ArrayList<JsonNode>();
        var failed = false;
        for (var command : commands.get()) {
            var result = workspace.run(timed(command, arguments.path("timeout_ms")), deadline);
            var streams = ShellText.bounded(result.outputText(), result.errorText(), limit.get());
            outputs.add(output(streams.output(), streams.errors(), result.status()));
            show(streams.output() + streams.errors(), shown);
            failed |= !result.succeeded();
        }
        return new ToolOutcome(shown, structured.put(LIMIT, limit.get()), failed);
    }

    /** What a call's outcome is told as. One that never came to commands is told as if it had been one command's. */
    ObjectNode answer(ToolCall call, ToolOutcome outcome) {
        var structured = outcome.structured() == null ? Json.object() : outcome.structured();
        var told = Json.object().put("type", "shell_call_output").put("call_id", call.id()).put("status", "completed");
        told.set("output", structured.path("output").isArray()
                ? structured.path("output")
                : Json.array().add(output("", outcome.text(), outcome.failed() ? 1 : 0)));
        if (structured.path(LIMIT).isInt()) {
            told.set(LIMIT, structured.path(LIMIT));
        }
        return told;
    }

    /** Characters of both streams together; none if that is no number to work with. */
    private static Optional<Integer> limit(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return Optional.of(ShellText.LIMIT);
        }
        return given.isIntegralNumber() && given.bigIntegerValue().signum() > 0
                ? Optional.of(given.canConvertToInt() ? Math.min(given.intValue(), ShellText.LIMIT) : ShellText.LIMIT)
                : Optional.empty();
    }

    private static Optional<List<String>> commands(JsonNode given) {
        if (given.isString()) {
            return Optional.of(List.of(given.stringValue()));
        }
        return given.isArray() && given.valueStream().allMatch(JsonNode::isString)
                ? Optional.of(given.valueStream().map(JsonNode::stringValue).toList())
                : Optional.empty();
    }

    private static String timed(String command, JsonNode milliseconds) {
        if (!milliseconds.isIntegralNumber() || milliseconds.bigIntegerValue().signum() == 0) {
            return command;
        }
        var seconds = new BigDecimal(milliseconds.bigIntegerValue(), 3).round(new MathContext(6)).stripTrailingZeros().toPlainString();
        return "timeout " + seconds + "s bash -lc " + ShellText.quote(command);
    }

    private static ToolOutcome refused(String why, ObjectNode told) {
        var structured = structured();
        structured.putArray("output").add(output("", why, 1));
        return new ToolOutcome(ToolOutcome.failure(why).content(), structured.setAll(told), true);
    }

    private static ObjectNode structured() {
        return Json.object().put("provider_tool", NAME);
    }

    private static void show(String text, List<JsonNode> shown) {
        if (!text.isEmpty()) {
            shown.addAll(ToolOutcome.text(text).content());
        }
    }

    private static ObjectNode output(String output, String errors, int status) {
        var told = Json.object().put("stdout", output).put("stderr", errors);
        return told.set("outcome", Json.object().put("type", "exit").put("exit_code", status));
    }
}
