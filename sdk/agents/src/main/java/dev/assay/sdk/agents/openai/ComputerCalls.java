// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * OpenAI's own computer: one action or several in a row, of which the first that fails ends the call. A picture follows the last of them,
 * and also what failed, for the model must be shown where it stands.
 */
record ComputerCalls(ScreenVerbs screen) implements Tool {

    static final String NAME = "computer";
    static final String CHECKS = "pending_safety_checks";

    private static final Logger log = LoggerFactory.getLogger(ComputerCalls.class);

    static JsonNode declaration() {
        return Json.object().put("type", NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ToolOutcome call(JsonNode arguments) throws Exception {
        if (!arguments.has("actions")) {
            return act(arguments, true);
        }
        var actions = arguments.path("actions");
        if (!actions.isArray() || actions.isEmpty()) {
            return failed("actions must hold at least one action");
        }
        for (var number = 0; number < actions.size() - 1; number++) {
            var outcome = act(actions.get(number), false);
            if (outcome.failed()) {
                return outcome;
            }
        }
        return act(actions.get(actions.size() - 1), true);
    }

    /**
     * What a call's outcome is told as.
     *
     * @throws IOException if it holds no picture: the provider takes no other answer
     */
    List<JsonNode> answer(ToolCall call, ToolOutcome outcome) throws IOException {
        var picture = outcome.content().stream().filter(ComputerCalls::isImage).reduce((first, last) -> last)
                .orElseThrow(() -> new IOException("there is no screenshot to answer call " + call.id() + " with: " + outcome.text()));
        var told = Json.object().put("type", "computer_call_output").put("call_id", call.id());
        told.putObject("output")
                .put("type", "computer_screenshot")
                .put("image_url", FunctionOutput.dataUrl(picture))
                .put("detail", "original");
        var checks = call.extras().get(CHECKS);
        if (checks != null) {
            told.set("acknowledged_safety_checks", checks);
        }
        return outcome.failed()
                ? List.of(told, OpenAiConversation.message("user", "Computer call " + call.id()
                        + " failed, and what was left of its actions was not done.\n" + outcome.text()))
                : List.of(told);
    }

    private static boolean isImage(JsonNode block) {
        return block.path("type").asString("").equals("image");
    }

    private ToolOutcome act(JsonNode action, boolean last) throws Exception {
        var type = action.path("type");
        if (!type.isString()) {
            return failed(action.isObject() ? "an action needs a type" : "each of actions must be an object");
        }
        if (type.stringValue().equals("response")) {
            return respond(action.path("text"), last);
        }
        try {
            ComputerAction.of(type.stringValue(), action).on(screen);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.debug("Action {} failed", type, e);
            return failed("computer action " + PythonText.repr(type.stringValue()) + " failed: " + why(e));
        }
        return last || type.stringValue().equals("screenshot") ? screen.screenshot() : new ToolOutcome(List.of(), null, false);
    }

    private ToolOutcome respond(JsonNode text, boolean last) throws Exception {
        if (!text.isString()) {
            return failed("a response needs a text");
        }
        var said = new ArrayList<>(ToolOutcome.text(text.stringValue()).content());
        if (last) {
            said.addAll(screen.screenshot().content());
        }
        return new ToolOutcome(said, null, false);
    }

    private ToolOutcome failed(String why) throws InterruptedException {
        var blocks = new ArrayList<>(ToolOutcome.failure(why).content());
        try {
            blocks.addAll(screen.screenshot().content());
        } catch (IOException e) {
            return ToolOutcome.failure(why + "\nNor is there a screenshot: " + why(e));
        }
        return new ToolOutcome(blocks, null, true);
    }

    private static String why(Exception e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
}
