// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ToolOutcome;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A screen that always looks as the scenario says, and knows where its pointer is. */
final class PlayedScreen implements ScreenVerbs {

    private final JsonNode screen;
    private Point pointer = new Point(0, 0);

    PlayedScreen(JsonNode screen) {
        this.screen = screen;
    }

    @Override
    public int width() {
        return screen.path("width").asInt();
    }

    @Override
    public int height() {
        return screen.path("height").asInt();
    }

    @Override
    public Point pointer() {
        return pointer;
    }

    @Override
    public ToolOutcome screenshot() {
        return ToolOutcome.image("image/png", screen.path("image").stringValue());
    }

    @Override
    public ToolOutcome screenshot(Point from, Point to) {
        return screenshot();
    }

    @Override
    public void move(Point to) {
        pointer = to;
    }

    @Override
    public void click(@Nullable Point at, Button button, int times, Duration apart, List<String> held) {
        pointer = at == null ? pointer : at;
    }

    @Override
    public void press(Button button) {}

    @Override
    public void release(Button button) {}

    @Override
    public void scroll(@Nullable Point at, int clicks, List<String> held) {
        pointer = at == null ? pointer : at;
    }

    @Override
    public void drag(List<Point> path, List<String> held) {
        pointer = path.getLast();
    }

    @Override
    public void type(String text) {}

    @Override
    public void press(List<String> chord, int times) {}

    @Override
    public void keyDown(String key) {}

    @Override
    public void keyUp(String key) {}

    @Override
    public void hold(String key, Duration time) {}

    @Override
    public void pause(Duration time) {}

    @Override
    public void close() {}
}
