// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.agents.CapabilityLostException;
import dev.assay.sdk.agents.tool.KeyNames;
import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ScreenVerbs.Button;
import dev.assay.sdk.agents.tool.ScreenVerbs.Point;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Claude's computer: one action a call, and most are answered with the screen as it is then. */
record ComputerTool(ScreenVerbs screen, ComputerKind kind) implements Tool {

    private static final Duration BETWEEN_CLICKS = Duration.ofMillis(100);
    private static final int MOST_REPEATS = 100;

    @Override
    public String name() {
        return ClaudeTools.COMPUTER;
    }

    @Override
    public ToolOutcome call(JsonNode arguments) throws InterruptedException {
        var action = arguments.has("action") ? PythonText.repr(arguments.path("action")) : "None";
        try {
            return act(action, arguments);
        } catch (CapabilityLostException | RuntimeException e) {
            return ToolOutcome.failure(
                    "computer action " + action + " failed: " + Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
        }
    }

    private ToolOutcome act(String action, JsonNode arguments) throws CapabilityLostException, InterruptedException {
        var at = point(arguments.path("coordinate"));
        var text = arguments.path("text");
        switch (arguments.path("action").asString("")) {
            case "screenshot" -> { }
            case "zoom" -> {
                return zoom(arguments.path("region"));
            }
            case "left_click", "click" -> screen.click(at, Button.LEFT, 1, Duration.ZERO, chord(text));
            case "right_click" -> screen.click(at, Button.RIGHT, 1, Duration.ZERO, chord(text));
            case "middle_click" -> screen.click(at, Button.MIDDLE, 1, Duration.ZERO, chord(text));
            case "double_click" -> screen.click(at, Button.LEFT, 2, BETWEEN_CLICKS, chord(text));
            case "triple_click" -> screen.click(at, Button.LEFT, 3, BETWEEN_CLICKS, chord(text));
            case "mouse_move", "move" -> screen.move(required(at));
            case "left_mouse_down" -> screen.press(Button.LEFT);
            case "left_mouse_up" -> screen.release(Button.LEFT);
            case "type" -> {
                if (!text.isString()) {
                    return ToolOutcome.failure("type needs `text`");
                }
                screen.type(text.stringValue());
            }
            case "key" -> {
                var chords = chords(text);
                if (chords.isEmpty()) {
                    return ToolOutcome.failure("key needs `text`, the keys");
                }
                var repeat = arguments.path("repeat");
                var times = repeat.isIntegralNumber() ? Math.clamp(Json.doubleOf(repeat), 1, MOST_REPEATS) : 1;
                for (var i = 0; i < times; i++) {
                    for (var chord : chords) {
                        screen.press(chord, 1);
                    }
                }
            }
            case "hold_key" -> {
                var keys = chord(text);
                if (keys.isEmpty()) {
                    return ToolOutcome.failure("hold_key needs `text`, the key");
                }
                screen.hold(keys.getFirst(), seconds(arguments.path("duration")));
            }
            case "scroll" -> screen.scroll(at, clicks(arguments), chord(text));
            case "left_click_drag", "drag" -> screen.drag(path(arguments), chord(text));
            case "wait" -> screen.pause(seconds(arguments.path("duration")));
            case "cursor_position" -> {
                return ToolOutcome.text("(" + screen.pointer().x() + ", " + screen.pointer().y() + ")");
            }
            default -> {
                return ToolOutcome.failure("a screen knows no action " + action);
            }
        }
        return screen.screenshot();
    }

    private ToolOutcome zoom(JsonNode region) throws CapabilityLostException, InterruptedException {
        if (!region.isArray() || region.size() != 4) {
            return ToolOutcome.failure("zoom needs `region`, [x0, y0, x1, y1]");
        }
        var from = point(Json.array().add(region.get(0)).add(region.get(1)));
        var to = point(Json.array().add(region.get(2)).add(region.get(3)));
        if (from == null || to == null) {
            return ToolOutcome.failure("zoom needs whole numbers in `region`");
        }
        return screen.screenshot(from, to);
    }

    private static Point required(@Nullable Point at) {
        if (at == null) {
            throw new IllegalArgumentException("it needs `coordinate`");
        }
        return at;
    }

    private static List<Point> path(JsonNode arguments) {
        var path = Stream.of("start_coordinate", "coordinate")
                .map(name -> point(arguments.path(name)))
                .filter(Objects::nonNull)
                .toList();
        if (path.size() < 2) {
            throw new IllegalArgumentException("a drag needs start_coordinate and coordinate");
        }
        return path;
    }

    /** The keys that are bound by {@code +}, by their names on the screen. */
    private static List<String> chord(JsonNode text) {
        return Stream.of(text.asString("").split("\\+"))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .map(KeyNames::keysym)
                .toList();
    }

    private static List<List<String>> chords(JsonNode text) {
        return Stream.of(text.isString() ? text.stringValue().strip().split("\\s+") : new String[0])
                .map(part -> chord(Json.tree(part)))
                .filter(chord -> !chord.isEmpty())
                .toList();
    }

    private static int clicks(JsonNode arguments) {
        var amount = arguments.path("scroll_amount").isIntegralNumber() ? Math.max(0, arguments.path("scroll_amount").asInt(0)) : 0;
        return switch (arguments.path("scroll_direction").asString("")) {
            case "down" -> amount;
            case "up" -> -amount;
            default -> 0;
        };
    }

    /** Absent unless it begins with two numbers. */
    private static @Nullable Point point(JsonNode coordinate) {
        var x = integer(coordinate.path(0));
        var y = integer(coordinate.path(1));
        return x == null || y == null ? null : new Point(x, y);
    }

    /** A number without its fraction, also one that is written as text. */
    private static @Nullable Integer integer(JsonNode value) {
        if (value.isNumber()) {
            return (int) Json.doubleOf(value);
        }
        try {
            return value.isString() ? Integer.valueOf(value.stringValue().strip()) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Duration seconds(JsonNode duration) {
        var seconds = duration.isNumber() ? Json.doubleOf(duration) : duration.isString() ? parsed(duration.stringValue()) : 0;
        return Double.isFinite(seconds) && seconds > 0 ? Duration.ofMillis((long) Math.min(seconds * 1000, Integer.MAX_VALUE)) : Duration.ZERO;
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
