// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.protocol.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How models are told of the shell, the editor and the screen: a word that Claude knows, or a schema for those that do not. */
final class ClaudeTools {

    static final String BASH = "bash";
    static final String EDITOR = "str_replace_based_edit_tool";
    static final String COMPUTER = "computer";

    private static final JsonNode BASH_INPUT = Json.MAPPER.readTree("""
            {"type": "object",
             "properties": {"command": {"type": "string", "description": "What to run in bash."}},
             "required": ["command"]}""");

    private static final JsonNode EDITOR_INPUT = Json.MAPPER.readTree("""
            {"type": "object",
             "properties": {
              "command": {"type": "string", "enum": ["view", "create", "str_replace", "insert"], "description": "What to do with the file."},
              "path": {"type": "string", "description": "The file's absolute path."},
              "file_text": {"type": "string", "description": "For `create`: all that shall stand in the file."},
              "old_str": {"type": "string", "description": "For `str_replace`: what to replace, to the letter; it must stand in the file once."},
              "new_str": {"type": "string", "description": "For `str_replace`: what to put in its place. For `insert`: the new lines."},
              "insert_line": {"type": "integer", "description": "For `insert`: the line after which they go; 0 is before the first."}},
             "required": ["command", "path"]}""");

    private static final JsonNode COMPUTER_INPUT = Json.MAPPER.readTree("""
            {"type": "object",
             "properties": {
              "action": {"type": "string",
               "enum": ["screenshot", "zoom", "left_click", "right_click", "middle_click", "double_click", "triple_click", "mouse_move",
                "left_mouse_down", "left_mouse_up", "type", "key", "hold_key", "scroll", "left_click_drag", "wait", "cursor_position"],
               "description": "What to do."},
              "coordinate": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
               "description": "Where, in pixels: [x, y]. Of a drag, its end."},
              "start_coordinate": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
               "description": "Where a drag begins, in pixels: [x, y]."},
              "text": {"type": "string", "description": "For `type`: what to type. For `key` and `hold_key`: keys joined by +, as \
            in `ctrl+s`. For clicks and scrolling: keys to hold meanwhile."},
              "duration": {"type": "number", "description": "For `hold_key` and `wait`: how many seconds."},
              "scroll_direction": {"type": "string", "enum": ["up", "down", "left", "right"], "description": "For `scroll`: which way."},
              "scroll_amount": {"type": "integer", "description": "For `scroll`: how many notches of the wheel."},
              "repeat": {"type": "integer", "description": "For `key`: how many times."},
              "region": {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4,
               "description": "For `zoom`: the part to show larger, [x0, y0, x1, y1]."}},
             "required": ["action"]}""");

    private ClaudeTools() {}

    static JsonNode bash(String model) {
        return ComputerKind.isClaude(model)
                ? Json.object().put("type", "bash_20250124").put("name", BASH)
                : plain(BASH, "Runs a command in the environment's bash.", BASH_INPUT);
    }

    static JsonNode editor(String model) {
        return ComputerKind.isClaude(model)
                ? Json.object().put("type", "text_editor_20250728").put("name", EDITOR)
                : plain(EDITOR, "Shows, writes and changes files of the environment: view, create, str_replace, insert.", EDITOR_INPUT);
    }

    static JsonNode computer(ComputerKind kind, int width, int height) {
        return switch (kind) {
            case TOOLSET -> Json.object().put("type", kind.type());
            case GENERIC -> plain(
                    COMPUTER,
                    "The environment's screen with its mouse and keyboard, " + width + "x" + height
                            + " pixels. What is done is answered with a picture of the screen, mostly.",
                    COMPUTER_INPUT);
            case V2025_01 -> display(kind, width, height);
            case V2025_11 -> display(kind, width, height).put("enable_zoom", true);
        };
    }

    private static ObjectNode display(ComputerKind kind, int width, int height) {
        return Json.object()
                .put("type", kind.type())
                .put("name", COMPUTER)
                .put("display_width_px", width)
                .put("display_height_px", height)
                .put("display_number", 1);
    }

    private static JsonNode plain(String name, String description, JsonNode schema) {
        return Json.object().put("name", name).put("description", description).set("input_schema", schema);
    }
}
