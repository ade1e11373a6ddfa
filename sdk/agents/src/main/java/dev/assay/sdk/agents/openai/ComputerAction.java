// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ScreenVerbs.Button;
import dev.assay.sdk.agents.tool.ScreenVerbs.Point;
import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One thing to do on a screen, read from what the model wants: what makes no sense is refused before anything is done. */
@FunctionalInterface
interface ComputerAction {

    Duration BETWEEN_CLICKS = Duration.ofMillis(100);
    int WAIT_BY_DEFAULT = 1000;

    void on(ScreenVerbs screen) throws Exception;

    /** @throws IllegalArgumentException if there is no such action, or an argument is wrong; told to the model */
    static ComputerAction of(String type, JsonNode action) {
        return switch (type) {
            case "screenshot" -> screen -> { };
            case "click" -> {
                var at = optionalPoint(action);
                var button = button(action.path("button"));
                var held = keys(action);
                yield screen -> screen.click(at, button, 1, Duration.ZERO, held);
            }
            case "double_click" -> {
                var at = optionalPoint(action);
                var held = keys(action);
                yield screen -> screen.click(at, Button.LEFT, 2, BETWEEN_CLICKS, held);
            }
            case "scroll" -> {
                var at = optionalPoint(action);
                var held = keys(action);
                number(action.path("scroll_x"), 0);
                var clicks = number(action.path("scroll_y"), 0);
                yield screen -> screen.scroll(at, clicks, held);
            }
            case "type" -> {
                var text = text(action);
                yield screen -> screen.type(text);
            }
            case "wait" -> {
                var time = Duration.ofMillis(number(action.path("ms"), WAIT_BY_DEFAULT));
                if (time.isNegative()) {
                    throw new IllegalArgumentException("ms must not be negative");
                }
                yield screen -> screen.pause(time);
            }
            case "move" -> {
                var to = optionalPoint(action);
                if (to == null) {
                    throw new IllegalArgumentException("a move needs x and y");
                }
                yield screen -> screen.move(to);
            }
            case "keypress" -> {
                var keys = keys(action);
                if (keys.isEmpty()) {
                    throw new IllegalArgumentException("a keypress needs keys");
                }
                yield screen -> screen.press(keys, 1);
            }
            case "drag" -> {
                var path = path(action.path("path"));
                var held = keys(action);
                yield screen -> screen.drag(path, held);
            }
            default -> throw new IllegalArgumentException("there is no such action");
        };
    }

    private static List<Point> path(JsonNode given) {
        if (!given.isArray() || given.size() < 2) {
            throw new IllegalArgumentException("path must hold at least 2 points");
        }
        return given.valueStream().map(point -> new Point(number(point.path("x"), null), number(point.path("y"), null))).toList();
    }

    private static Button button(JsonNode given) {
        return switch (given.isMissingNode() || given.isNull() ? "left" : given.asString("")) {
            case "left" -> Button.LEFT;
            case "middle", "wheel" -> Button.MIDDLE;
            case "right" -> Button.RIGHT;
            default -> throw new IllegalArgumentException("the button " + given + " is not supported");
        };
    }

    /** Null if it says not where. */
    private static @Nullable Point optionalPoint(JsonNode action) {
        return action.hasNonNull("x") && action.hasNonNull("y")
                ? new Point(number(action.path("x"), null), number(action.path("y"), null))
                : null;
    }

    private static String text(JsonNode action) {
        if (!action.path("text").isString()) {
            throw new IllegalArgumentException("there is no text to type");
        }
        return action.path("text").stringValue();
    }

    private static int number(JsonNode given, @Nullable Integer otherwise) {
        if (otherwise != null && (given.isMissingNode() || given.isNull())) {
            return otherwise;
        }
        if (!given.isNumber() || Math.abs(Json.doubleOf(given)) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a number is expected, not " + (given.isMissingNode() ? "nothing" : given));
        }
        return (int) Json.doubleOf(given);
    }

    private static List<String> keys(JsonNode action) {
        var keys = action.path("keys");
        if (keys.isMissingNode() || keys.isNull()) {
            return List.of();
        }
        if (!keys.isArray() || !keys.valueStream().allMatch(key -> key.isString() && !key.stringValue().isEmpty())) {
            throw new IllegalArgumentException("keys must be texts, and none of them empty");
        }
        return keys.valueStream().map(key -> OpenAiKeys.x11(key.stringValue())).toList();
    }
}
