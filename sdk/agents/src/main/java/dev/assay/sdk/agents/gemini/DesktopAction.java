// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.tool.KeyNames;
import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ScreenVerbs.Button;
import dev.assay.sdk.agents.tool.ScreenVerbs.Point;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** One thing to do on a desktop, read from what the model wants: what makes no sense is refused before anything is done. */
@FunctionalInterface
interface DesktopAction {

    /** The model puts every point on a grid of a thousand by a thousand, whatever the screen's size. */
    int GRID = 1000;

    /** Drags keep off the screen's edge, where a press can miss the window. */
    int INSET = 25;

    int PIXELS_A_CLICK_OF_THE_WHEEL = 100;
    int SCROLLED_BY_DEFAULT = 300;
    Duration BETWEEN_CLICKS = Duration.ofMillis(100);

    Set<String> NAMES = Set.of(
            "click", "double_click", "triple_click", "middle_click", "right_click", "mouse_down", "mouse_up", "move", "type",
            "drag_and_drop", "scroll", "wait", "press_key", "key_down", "key_up", "hotkey", "take_screenshot");

    void run() throws Exception;

    /** @throws IllegalArgumentException if there is no such action, or an argument is wrong; told to the model */
    static DesktopAction of(String name, JsonNode given, ScreenVerbs screen) {
        return switch (name) {
            case "take_screenshot" -> () -> { };
            case "click" -> click(point(given, screen), Button.LEFT, 1, screen);
            case "double_click" -> click(point(given, screen), Button.LEFT, 2, screen);
            case "triple_click" -> click(point(given, screen), Button.LEFT, 3, screen);
            case "middle_click" -> click(point(given, screen), Button.MIDDLE, 1, screen);
            case "right_click" -> click(point(given, screen), Button.RIGHT, 1, screen);
            case "move" -> {
                var to = point(given, screen);
                yield () -> screen.move(to);
            }
            case "mouse_down" -> {
                var at = point(given, screen);
                yield () -> {
                    screen.move(at);
                    screen.press(Button.LEFT);
                };
            }
            case "mouse_up" -> {
                var at = point(given, screen);
                yield () -> {
                    screen.move(at);
                    screen.release(Button.LEFT);
                };
            }
            case "type" -> type(given, screen);
            case "drag_and_drop" -> {
                var path = List.of(
                        new Point(inset(number(given, "start_x"), screen.width()), inset(number(given, "start_y"), screen.height())),
                        new Point(inset(number(given, "end_x"), screen.width()), inset(number(given, "end_y"), screen.height())));
                yield () -> screen.drag(path, List.of());
            }
            case "scroll" -> scroll(given, screen);
            case "wait" -> {
                var time = Duration.ofMillis((long) (number(given, "seconds", 1) * 1000));
                yield () -> screen.pause(time.isNegative() ? Duration.ZERO : time);
            }
            case "press_key" -> press(List.of(text(given, "key").split("\\+")), screen);
            case "hotkey" -> {
                if (!given.path("keys").isArray()) {
                    throw new IllegalArgumentException("keys is required, as a list");
                }
                yield press(given.path("keys").valueStream().map(PythonText::str).toList(), screen);
            }
            case "key_down" -> {
                var key = key(given);
                yield () -> screen.keyDown(key);
            }
            case "key_up" -> {
                var key = key(given);
                yield () -> screen.keyUp(key);
            }
            default -> throw new IllegalArgumentException("there is no such action");
        };
    }

    private static DesktopAction click(Point at, Button button, int times, ScreenVerbs screen) {
        return () -> screen.click(at, button, times, times > 1 ? BETWEEN_CLICKS : Duration.ZERO, List.of());
    }

    private static DesktopAction type(JsonNode given, ScreenVerbs screen) {
        var first = given.has("x") && given.has("y") ? click(point(given, screen), Button.LEFT, 1, screen) : (DesktopAction) () -> { };
        var text = text(given, "text");
        var enters = Json.isTrue(given.path("press_enter"));
        return () -> {
            first.run();
            screen.type(text);
            if (enters) {
                screen.press(List.of("Return"), 1);
            }
        };
    }

    /** Sideways there is no wheel: nothing happens there but the pointer's way. */
    private static DesktopAction scroll(JsonNode given, ScreenVerbs screen) {
        var pixels = (int) number(given, "magnitude_in_pixels", SCROLLED_BY_DEFAULT);
        var clicks = Math.max(1, Math.floorDiv(pixels, PIXELS_A_CLICK_OF_THE_WHEEL));
        var down = switch (given.path("direction").asString("")) {
            case "down" -> clicks;
            case "up" -> -clicks;
            case "left", "right" -> 0;
            default -> throw new IllegalArgumentException("direction must be up, down, left or right");
        };
        var at = point(given, screen);
        return () -> screen.scroll(at, down, List.of());
    }

    private static DesktopAction press(List<String> names, ScreenVerbs screen) {
        var keys = names.stream().flatMap(DesktopAction::keys).toList();
        return () -> screen.press(keys, 1);
    }

    private static String key(JsonNode given) {
        return keys(text(given, "key")).findFirst().orElseThrow(() -> new IllegalArgumentException("key is required"));
    }

    /** The models name keys as a browser on a Mac does, where what the command key does here is done by control. */
    private static Stream<String> keys(String name) {
        return Stream.of(name.strip()).filter(key -> !key.isEmpty()).map(key -> switch (key.toLowerCase(Locale.ROOT)) {
            case "meta", "cmd", "command" -> KeyNames.keysym("ctrl");
            default -> KeyNames.keysym(key);
        });
    }

    private static Point point(JsonNode given, ScreenVerbs screen) {
        return new Point(pixel(number(given, "x"), screen.width()), pixel(number(given, "y"), screen.height()));
    }

    private static int pixel(double value, int size) {
        return (int) (value / GRID * size);
    }

    private static int inset(double value, int size) {
        return Math.min(Math.max(pixel(value, size), INSET), size - INSET);
    }

    private static String text(JsonNode given, String name) {
        if (!given.has(name)) {
            throw new IllegalArgumentException(name + " is required");
        }
        return PythonText.str(given.get(name));
    }

    private static double number(JsonNode given, String name) {
        if (!given.path(name).isNumber()) {
            throw new IllegalArgumentException(name + " is required, as a number");
        }
        return Json.doubleOf(given.path(name));
    }

    private static double number(JsonNode given, String name, double otherwise) {
        return given.has(name) ? number(given, name) : otherwise;
    }
}
