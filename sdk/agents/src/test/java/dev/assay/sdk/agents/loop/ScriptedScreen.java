// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.CapabilityLostException;
import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Takes down what is done on it, in the words of the recordings; a capture of it is the script's picture, or the count of captures so far,
 * which is none.
 */
final class ScriptedScreen implements ScreenVerbs {

    private final JsonNode script;
    private final String mimeType;
    private final ArrayNode did;
    private int shots;
    private Point pointer = new Point(0, 0);

    ScriptedScreen(JsonNode script, String mimeType, ArrayNode did) {
        this.script = script;
        this.mimeType = mimeType;
        this.did = did;
    }

    @Override
    public int width() {
        return script.path("width").asInt();
    }

    @Override
    public int height() {
        return script.path("height").asInt();
    }

    @Override
    public Point pointer() {
        return pointer;
    }

    @Override
    public ToolOutcome screenshot() throws CapabilityLostException {
        takeDown("screenshot");
        shots++;
        if (script.path("failing").valueStream().anyMatch(shot -> shot.asInt() == shots)) {
            throw new CapabilityLostException("the display is gone");
        }
        if (script.has("image")) {
            return ToolOutcome.image("image/png", script.path("image").asString());
        }
        var picture = ("shot " + shots + "?>").getBytes(StandardCharsets.US_ASCII);
        return ToolOutcome.image(mimeType, Base64.getEncoder().encodeToString(picture));
    }

    @Override
    public ToolOutcome screenshot(Point from, Point to) {
        throw new UnsupportedOperationException("none of the recorded conversations zooms");
    }

    @Override
    public void move(Point to) {
        takeDown("move", to.x(), to.y());
        pointer = to;
    }

    @Override
    public void click(@Nullable Point at, Button button, int times, Duration apart, List<String> held) {
        takeDown("click", x(at), y(at), word(button), held, times, apart.toMillis());
        pointer = at == null ? pointer : at;
    }

    @Override
    public void press(Button button) {
        takeDown("mouse_down", word(button));
    }

    @Override
    public void release(Button button) {
        takeDown("mouse_up", word(button));
    }

    @Override
    public void scroll(@Nullable Point at, int clicks, List<String> held) {
        takeDown("scroll", x(at), y(at), clicks, held);
        pointer = at == null ? pointer : at;
    }

    @Override
    public void drag(List<Point> path, List<String> held) {
        takeDown("drag", path.stream().map(point -> List.of(point.x(), point.y())).toList(), "left", held);
        pointer = path.getLast();
    }

    @Override
    public void type(String text) {
        takeDown("type_text", text);
    }

    @Override
    public void press(List<String> chord, int times) {
        takeDown("press_keys", chord, times);
        chord.stream().filter(key -> key.contains(" ")).forEach(key -> {
            throw new IllegalArgumentException("there is no key '" + key + "'");
        });
    }

    @Override
    public void keyDown(String key) {
        takeDown("key_down", key);
    }

    @Override
    public void keyUp(String key) {
        takeDown("key_up", key);
    }

    @Override
    public void hold(String key, Duration time) {
        takeDown("hold_key", key, time.toMillis());
    }

    @Override
    public void pause(Duration time) {
        takeDown("wait", time.toMillis());
    }

    @Override
    public void close() {
        // nothing is open
    }

    private static @Nullable Integer x(@Nullable Point at) {
        return at == null ? null : at.x();
    }

    private static @Nullable Integer y(@Nullable Point at) {
        return at == null ? null : at.y();
    }

    private static String word(Button button) {
        return button.name().toLowerCase(Locale.ROOT);
    }

    private void takeDown(String verb, @Nullable Object... arguments) {
        var line = did.addArray().add(verb);
        Arrays.stream(arguments).forEach(argument -> line.add(Json.tree(argument)));
    }
}
