// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.agents.CapabilityLostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A screen with its pointer and keyboard. Coordinates are the framebuffer's own pixels, nothing is scaled. Keys go by their X11 names
 * ({@code Return}, {@code Control_L}, {@code a}); an unknown one is an {@link IllegalArgumentException} that names it.
 */
public interface ScreenVerbs extends AutoCloseable {

    /** A pixel, counted from the top left. */
    record Point(int x, int y) {}

    enum Button {
        LEFT,
        MIDDLE,
        RIGHT
    }

    int width();

    int height();

    /** Where this client put the pointer last. */
    Point pointer();

    /** All of it as one image block, in the encoding that the agent's config wants. */
    ToolOutcome screenshot() throws CapabilityLostException, InterruptedException;

    /** A part of a fresh screenshot, from the first corner up to the second, not enlarged; what lies outside is black. */
    ToolOutcome screenshot(Point from, Point to) throws CapabilityLostException, InterruptedException;

    void move(Point to) throws CapabilityLostException, InterruptedException;

    /**
     * Presses and releases a button.
     *
     * @param at null: where the pointer is
     * @param times at least once
     * @param apart between one and the next
     * @param held keys that are held down meanwhile, released the last one first
     */
    void click(@Nullable Point at, Button button, int times, Duration apart, List<String> held)
            throws CapabilityLostException, InterruptedException;

    void press(Button button) throws CapabilityLostException, InterruptedException;

    void release(Button button) throws CapabilityLostException, InterruptedException;

    /** @param clicks of the wheel: downwards if positive, upwards if negative */
    void scroll(@Nullable Point at, int clicks, List<String> held) throws CapabilityLostException, InterruptedException;

    /**
     * Drags with the left button, at the pace of a hand.
     *
     * @throws IllegalArgumentException with fewer than two points
     */
    void drag(List<Point> path, List<String> held) throws CapabilityLostException, InterruptedException;

    void type(String text) throws CapabilityLostException, InterruptedException;

    /** Presses all keys of the chord and releases them, the last one first; that many times, at least once. */
    void press(List<String> chord, int times) throws CapabilityLostException, InterruptedException;

    void keyDown(String key) throws CapabilityLostException, InterruptedException;

    void keyUp(String key) throws CapabilityLostException, InterruptedException;

    void hold(String key, Duration time) throws CapabilityLostException, InterruptedException;

    /** Does nothing for that long. */
    void pause(Duration time) throws InterruptedException;

    @Override
    void close();
}
