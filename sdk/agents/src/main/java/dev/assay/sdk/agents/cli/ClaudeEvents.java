// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.claude.ClaudeAnswer;
import dev.assay.sdk.protocol.step.ToolCall;
import dev.assay.sdk.protocol.step.ToolStep;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the Claude CLI tells: a message for each block of an answer, one with what came of its calls, and a result at the end. A message
 * repeats what its whole answer consumed.
 */
final class ClaudeEvents implements CliEvents {

    private static final String PROGRAM = "claude CLI";

    /** The model of a message that the program made up itself, to tell of a failure. */
    private static final String NO_MODEL = "<synthetic>";

    private static final List<String> TOLD =
            List.of("subtype", "session_id", "duration_ms", "duration_api_ms", "stop_reason", "num_turns", "total_cost_usd");

    private record Pending(ToolCall call, Instant since) {}

    private final CliTrace trace;
    private final OpenItems<Pending> pending = new OpenItems<>(PROGRAM);
    private @Nullable Instant since;
    private boolean resulted;
    private @Nullable String error;

    ClaudeEvents(CliTrace trace) {
        this.trace = trace;
    }

    @Override
    public void line(String line, Instant at) throws CliException {
        var event = JsonLine.read(PROGRAM, line);
        if (event == null) {
            return;
        }
        switch (event.path("type").asString("")) {
            case "system" -> {
                if (event.path("subtype").asString("").equals("init")) {
                    since = at;
                }
            }
            case "assistant" -> message(event.path("message"), at);
            case "user" -> results(event.path("message").path("content"), at);
            case "result" -> result(event);
            default -> {
                // of what else it tells, nothing is a step
            }
        }
    }

    private void message(JsonNode message, Instant at) throws CliException {
        if (!message.path("content").isArray()) {
            throw new CliException(PROGRAM + " told of a message without content");
        }
        var step = ClaudeAnswer.step(message, "", false);
        if (step.content() != null && !step.content().isEmpty()) {
            trace.content(step.content());
        }
        if (!NO_MODEL.equals(step.model())) {
            trace.answered();
        }
        trace.record(step, since, at);
        for (var call : step.toolCalls()) {
            if (call.id() != null) {
                pending.begin(call.id(), new Pending(call, at), call.arguments().toString().length());
            }
        }
    }

    private void results(JsonNode content, Instant at) throws CliException {
        var any = false;
        for (var block : content) {
            if (!block.path("type").asString("").equals("tool_result")) {
                continue;
            }
            var id = JsonLine.text(PROGRAM, block, "tool_use_id");
            var asked = pending.end(id);
            if (asked == null) {
                throw new CliException(PROGRAM + " told what came of a call '" + id + "' that nobody made");
            }
            var told = new ToolStep.Result(
                    ClaudeResults.blocks(id, block.path("content")), null, block.path("is_error").asBoolean(false), id, null);
            trace.record(new ToolStep(asked.call(), told, null), asked.since(), at);
            any = true;
        }
        since = any ? at : since;
    }

    private void result(JsonNode event) {
        resulted = true;
        if (event.path("result").isString()) {
            trace.content(event.path("result").stringValue());
        }
        if (event.path("is_error").asBoolean(false)) {
            var content = trace.content();
            error = content == null || content.isEmpty() ? PROGRAM + " failed without a reason" : content;
        }
        TOLD.stream().filter(event::hasNonNull).forEach(member -> trace.extra().set(member, event.get(member)));
    }

    @Override
    public void end(int status, String errors) throws CliException {
        if (status != 0) {
            trace.extra().put("returncode", status);
        }
        var problem = problem(status, errors.strip());
        if (problem != null) {
            if (!errors.isEmpty()) {
                trace.extra().put("stderr", errors);
            }
            throw new CliException(problem);
        }
    }

    /** It also ends with another status than 0 after a run that went well, and then writes no error. */
    private @Nullable String problem(int status, String errors) {
        if (error != null) {
            return error;
        }
        if (!resulted) {
            var ended = status == 0 ? PROGRAM + " ended and told no result" : PROGRAM + " ended with status " + status;
            return errors.isEmpty() ? ended : errors;
        }
        if (status != 0 && !errors.isEmpty()) {
            return errors;
        }
        return pending.ids().isEmpty() ? null : PROGRAM + " never told what came of its calls " + String.join(", ", pending.ids());
    }
}
