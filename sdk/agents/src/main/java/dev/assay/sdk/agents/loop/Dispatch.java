// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
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

    /** @param connectionLost whether the way to the workspace failed, which no other command will mend */
    record Dispatched(ToolOutcome outcome, boolean connectionLost) {}

    Dispatched execute(ToolCall call) throws InterruptedException {
        if (call.arguments() != null && call.arguments().isString()) {
            var received = call.arguments().stringValue();
            return told("the arguments of this " + PythonText.repr(call.name()) + " call arrived incomplete or are no valid JSON, "
                    + "so it was not executed. Received: "
                    + PythonText.repr(received.substring(0, Math.min(SHOWN, received.length())))
                    + ". Send the whole call again.");
        }
        var tool = tools.get(call.name());
        if (tool == null) {
            return told("unknown tool: " + PythonText.repr(call.name()));
        }
        try {
            var arguments = Objects.requireNonNullElseGet(call.arguments(), Json::object);
            return new Dispatched(tool.call(arguments, timeout == null ? Deadline.none() : Deadline.in(timeout)), false);
        } catch (CommandTimeoutException e) {
            return told(call.name() + " timed out after " + LoopSettings.seconds(timeout) + "s; retry with a shorter command");
        } catch (SshConnectionException e) {
            log.warn("Tool {} lost its workspace", call.name(), e);
            return new Dispatched(ToolOutcome.failure("tool error: " + e.getMessage()), true);
        } catch (RuntimeException e) {
            log.debug("Tool {} failed", call.name(), e);
            return told("tool error: " + Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
        }
    }

    private static Dispatched told(String text) {
        return new Dispatched(ToolOutcome.failure(text), false);
    }
}
