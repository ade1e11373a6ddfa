// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Gemini's own desktop. Its models call each action as a function of that name; here they are one tool.
 *
 * @param excluded the functions that are not taken for actions, whether there are such or not
 * @param actions the functions that are
 */
record Desktop(ScreenVerbs screen, List<String> excluded, Set<String> actions) implements Tool {

    static final String NAME = "computer_use";

    private static final Logger log = LoggerFactory.getLogger(Desktop.class);

    static Desktop of(ScreenVerbs screen, JsonNode config) {
        var excluded = config.path("excluded_predefined_functions").valueStream().map(name -> name.asString("")).toList();
        var actions = DesktopAction.NAMES.stream().filter(name -> !excluded.contains(name)).collect(Collectors.toUnmodifiableSet());
        return new Desktop(screen, excluded, actions);
    }

    JsonNode declaration() {
        var declaration = Json.object();
        var desktop = declaration.putObject("computerUse").put("environment", "ENVIRONMENT_DESKTOP");
        var told = desktop.putArray("excluded_predefined_functions");
        excluded.forEach(name -> told.add(name));
        return declaration;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ToolOutcome call(JsonNode arguments) throws Exception {
        var action = arguments.path("action").asString("");
        if (action.isEmpty()) {
            return ToolOutcome.failure("action is required");
        }
        try {
            DesktopAction.of(action, arguments, screen).run();
            return screen.screenshot();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.debug("Action {} failed", action, e);
            var why = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
            return ToolOutcome.failure("computer action " + PythonText.repr(action) + " failed: " + why);
        }
    }
}
