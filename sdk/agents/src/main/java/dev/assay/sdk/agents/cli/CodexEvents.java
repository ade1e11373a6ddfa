// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.NoteStep;
import dev.assay.sdk.protocol.step.ToolCall;
import dev.assay.sdk.protocol.step.ToolStep;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code codex exec --json} tells: items as they begin and end, and how its turn ended. An error is one also where it was mended. */
final class CodexEvents implements CliEvents {

    private static final String PROGRAM = "codex CLI";

    private final CliTrace trace;
    private final String model;
    private final OpenItems<Instant> begun = new OpenItems<>(PROGRAM);
    private @Nullable Instant since;
    private boolean completed;
    private @Nullable String error;

    CodexEvents(CliTrace trace, String model) {
        this.trace = trace;
        this.model = model;
    }

    @Override
    public void line(String line, Instant at) throws CliException {
        var event = JsonLine.read(PROGRAM, line);
        if (event == null) {
            return;
        }
        switch (event.path("type").asString("")) {
            case "thread.started" -> trace.extra().set("codex_thread_id", event.path("thread_id"));
            case "turn.started" -> since = at;
            case "item.started" -> begun.begin(JsonLine.text(PROGRAM, event.path("item"), "id"), at, 0);
            case "item.completed" -> item(event.path("item"), at);
            case "turn.completed" -> {
                trace.extra().set("usage", event.path("usage"));
                completed = true;
            }
            case "turn.failed" -> error = event.path("error").path("message").asString(PROGRAM + " failed without a reason");
            case "error" -> error = event.path("message").asString(PROGRAM + " failed without a reason");
            default -> {
                // of what else it tells, nothing is a step
            }
        }
    }

    private void item(JsonNode item, Instant at) throws CliException {
        var id = JsonLine.text(PROGRAM, item, "id");
        var started = begun.end(id);
        var from = started == null ? since : started;
        since = at;
        switch (JsonLine.text(PROGRAM, item, "type")) {
            case "agent_message" -> {
                var text = JsonLine.text(PROGRAM, item, "text");
                trace.answered();
                trace.content(text);
                trace.record(said(text).withRaw(item, null), from, at);
            }
            case "reasoning" -> {
                trace.answered();
                trace.record(said(null).withReasoning(JsonLine.text(PROGRAM, item, "text")).withRaw(item, null), from, at);
            }
            case "command_execution" -> tool(
                    item, call(item, "shell", Json.object().set("command", item.path("command"))),
                    List.of(text(item.path("aggregated_output").asString(""))), hasFailed(item), from, at);
            case "file_change" -> tool(
                    item, call(item, "apply_patch", Json.object().set("changes", item.path("changes"))), List.of(text(changes(item))),
                    !isCompleted(item), from, at);
            case "web_search" -> tool(
                    item, call(item, "web_search", Json.object().<ObjectNode>set("query", item.path("query")).set("action", item.path("action"))),
                    List.of(text(item.path("action").toString())), false, from, at);
            case "mcp_tool_call" -> served(item, from, at);
            default -> trace.record(new NoteStep(told(item), null), from, at);
        }
    }

    private void served(JsonNode item, @Nullable Instant from, Instant at) {
        var name = item.path("tool").asString("");
        var call = new ToolCall(name, item.path("arguments"), item.path("id").asString(""), item.path("server").asString("") + "." + name);
        var result = item.path("result");
        var content = result.path("content").valueStream().toList();
        var problem = item.path("error").path("message");
        var blocks = content.isEmpty() && problem.isString() ? List.<JsonNode>of(text(problem.stringValue())) : content;
        trace.answered();
        trace.record(
                new ToolStep(
                        call,
                        new ToolStep.Result(
                                blocks, some(result.path("structured_content")), item.path("status").asString("").equals("failed"), call.id(),
                                some(result.path("_meta"))),
                        null, told(item)),
                from, at);
    }

    private void tool(JsonNode item, ToolCall call, List<JsonNode> content, boolean failed, @Nullable Instant from, Instant at) {
        trace.answered();
        trace.record(new ToolStep(call, new ToolStep.Result(content, null, failed, call.id(), null), null, told(item)), from, at);
    }

    @Override
    public void end(int status, String errors) throws CliException {
        if (status != 0) {
            trace.extra().put("returncode", status);
        }
        if (error == null && (status != 0 || !completed) && !errors.isEmpty()) {
            trace.extra().put("stderr", errors);
        }
        if (error != null) {
            throw new CliException(error);
        }
        if (status != 0) {
            throw new CliException(errors.isBlank() ? PROGRAM + " ended with status " + status : errors.strip());
        }
        if (!completed) {
            throw new CliException(PROGRAM + " ended before its turn was complete");
        }
    }

    private AgentStep said(@Nullable String text) {
        return AgentStep.says(text, List.of(), model).withDone(false);
    }

    private static ToolCall call(JsonNode item, String name, JsonNode arguments) {
        return new ToolCall(name, arguments, item.path("id").asString(""));
    }

    private static String changes(JsonNode item) {
        return item.path("changes").valueStream()
                .map(change -> change.path("kind").asString("") + ": " + change.path("path").asString(""))
                .collect(Collectors.joining("\n"));
    }

    private static boolean isCompleted(JsonNode item) {
        return item.path("status").asString("").equals("completed");
    }

    private static boolean hasFailed(JsonNode item) {
        var code = item.path("exit_code");
        return !isCompleted(item) || code.isNumber() && code.asInt() != 0;
    }

    private static ObjectNode told(JsonNode item) {
        return Json.object().set("codex_item", item);
    }

    private static @Nullable JsonNode some(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? null : value;
    }

    private static JsonNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }
}
