// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.CapabilityLostException;
import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.tool.ShellTool;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.step.ToolCall;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Executes a model's calls. Whatever goes wrong is an answer to the model. */
final class Dispatch {

    private static final Logger log = LoggerFactory.getLogger(Dispatch.class);
    private static final int SHOWN = 200;

    private final Map<String, Tool> tools;
    private final @Nullable Duration timeout;

    Dispatch(Map<String, Tool> tools, @Nullable Duration timeout) {
        this.tools = tools;
        this.timeout = timeout;
    }

    /** @param shellLost whether the way to the shell failed, which no other command will mend */
    record Dispatched(ToolOutcome outcome, boolean shellLost) {}

    Dispatched execute(ToolCall call) throws InterruptedException {
        if (call.arguments() != null && call.arguments().isString()) {
            var received = call.arguments().stringValue();
            return told("the call of " + PythonText.repr(call.name()) + " was not made: its arguments broke off or are no JSON. What came of them: "
                    + PythonText.repr(received.substring(0, received.offsetByCodePoints(0, Math.min(SHOWN, received.codePointCount(0, received.length())))))
                    + ". Call again with all of them.");
        }
        var tool = tools.get(call.name());
        if (tool == null) {
            return told("unknown tool: " + PythonText.repr(call.name()));
        }
        try {
            return new Dispatched(call(tool, Objects.requireNonNullElseGet(call.arguments(), Json::object)), false);
        } catch (InterruptedException e) {
            throw e;
        } catch (CommandTimeoutException e) {
            return told(call.name() + " timed out after " + LoopSettings.seconds(timeout) + "s; retry with a shorter command");
        } catch (CapabilityLostException e) {
            log.debug("Tool {} lost its capability", call.name(), e);
            return new Dispatched(failure(e), tool instanceof ShellTool);
        } catch (Exception e) {
            log.debug("Tool {} failed", call.name(), e);
            return new Dispatched(failure(e), false);
        }
    }

    private ToolOutcome call(Tool tool, JsonNode arguments) throws Exception {
        return tool instanceof ShellTool shell
                ? shell.call(arguments, timeout == null ? Deadline.none() : Deadline.in(timeout))
                : tool.call(arguments);
    }

    private static ToolOutcome failure(Exception e) {
        return ToolOutcome.failure("tool error: " + Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
    }

    private static Dispatched told(String text) {
        return new Dispatched(ToolOutcome.failure(text), false);
    }
}
