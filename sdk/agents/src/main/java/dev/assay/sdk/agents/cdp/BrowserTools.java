// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cdp;

import dev.assay.sdk.agents.tool.ToolServer.Listed;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a model is told of a browser, and how its arguments are read. */
final class BrowserTools {

    static final List<Listed> LIST = List.of(
            tool("browser_navigate", "Opens an address and shows the page once it has loaded.",
                    required(text("url", "The address, with its scheme."), "url")),
            tool("browser_back", "Goes back to the page before this one and shows it.", Json.object()),
            tool("browser_screenshot", "Shows the part of the page that can be seen.", Json.object()),
            tool("browser_text", "Tells the page's title, its address and its text.", Json.object()),
            tool("browser_click", "Clicks a place on the page, by pixels or by a CSS selector, and shows the page.",
                    object(number("x", "Pixels from the left of the picture."), number("y", "Pixels from its top."),
                            text("selector", "A CSS selector of the element to click, instead of x and y."))),
            tool("browser_type", "Types text where the page's cursor is, and shows the page.",
                    required(text("text", "The text."), "text")),
            tool("browser_key", "Presses one key, such as Enter, Tab, Escape, Backspace, ArrowDown or PageDown, and shows the page.",
                    required(text("key", "The key's name."), "key")),
            tool("browser_scroll", "Scrolls the page and shows it.",
                    required(number("down", "How many pixels down; negative: up."), "down")),
            tool("browser_evaluate", "Evaluates JavaScript in the page and tells the value as JSON.",
                    required(text("expression", "The expression; a promise is awaited."), "expression")));

    private BrowserTools() {}

    static String text(JsonNode arguments, String name) {
        if (!arguments.path(name).isString()) {
            throw new IllegalArgumentException(name + " is required");
        }
        return arguments.get(name).stringValue();
    }

    static double number(JsonNode arguments, String name) {
        if (!arguments.path(name).isNumber()) {
            throw new IllegalArgumentException(name + " is required");
        }
        return Json.doubleOf(arguments.get(name));
    }

    private static Listed tool(String name, String description, ObjectNode schema) {
        var whole = Json.object().put("type", "object");
        whole.set("properties", schema.path("properties").isObject() ? schema.get("properties") : Json.object());
        if (schema.has("required")) {
            whole.set("required", schema.get("required"));
        }
        return new Listed(name, description, whole);
    }

    private static ObjectNode text(String name, String description) {
        return property(name, "string", description);
    }

    private static ObjectNode number(String name, String description) {
        return property(name, "number", description);
    }

    private static ObjectNode property(String name, String type, String description) {
        return Json.object().<ObjectNode>set(name, Json.object().put("type", type).put("description", description));
    }

    private static ObjectNode object(ObjectNode... properties) {
        var all = Json.object();
        for (var property : properties) {
            all.setAll(property);
        }
        return Json.object().<ObjectNode>set("properties", all);
    }

    private static ObjectNode required(ObjectNode property, String name) {
        var schema = object(property);
        schema.putArray("required").add(name);
        return schema;
    }
}
