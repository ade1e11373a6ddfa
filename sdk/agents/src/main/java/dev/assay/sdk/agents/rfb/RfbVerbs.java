// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.rfb.RfbScreen.Hand;
import dev.assay.sdk.agents.rfb.RfbScreen.Strokes;
import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Capability;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages look at pointer and keys once a frame, so that what must be seen takes its time. */
public final class RfbVerbs implements ScreenVerbs {

    /** How a verb waits. */
    interface Pauses {
        void pause(Duration time) throws InterruptedException;
    }

    /** More of them move nothing that is not at its end already. */
    private static final int MOST_CLICKS = 10_000;
    private static final int WHEEL_UP = 3;
    private static final int WHEEL_DOWN = 4;

    private static final Duration FRAME = Duration.ofMillis(200);
    private static final Duration MOVE = Duration.ofMillis(25);
    private static final int LONGEST_MOVE = 16;
    private static final int MOST_MOVES = 24;

    private final RfbScreen screen;
    private final ScreenshotEncoding encoding;
    private final Pauses pauses;

    /**
     * Connects to a screen and looks at it once.
     *
     * @param encoding of the pictures that a model is shown
     */
    public static RfbVerbs connect(Capability capability, CapabilityRoute route, ScreenshotEncoding encoding)
            throws RfbException, InterruptedException {
        return new RfbVerbs(RfbScreen.connect(capability, route), encoding, Thread::sleep);
    }

    RfbVerbs(RfbScreen screen, ScreenshotEncoding encoding, Pauses pauses) {
        this.screen = screen;
        this.encoding = encoding;
        this.pauses = pauses;
    }

    @Override
    public int width() {
        return screen.width();
    }

    @Override
    public int height() {
        return screen.height();
    }

    @Override
    public Point pointer() {
        return new Point(screen.x(), screen.y());
    }

    @Override
    public ToolOutcome screenshot() throws RfbException, InterruptedException {
        return image(screen.capture());
    }

    @Override
    public ToolOutcome screenshot(Point from, Point to) throws RfbException, InterruptedException {
        long across = (long) to.x() - from.x();
        long down = (long) to.y() - from.y();
        if (across <= 0 || down <= 0 || across > (long) width() * height() / down) {
            throw new IllegalArgumentException(
                    "[" + from.x() + ", " + from.y() + ", " + to.x() + ", " + to.y() + "] is no region of a screen");
        }
        var part = new BufferedImage((int) across, (int) down, BufferedImage.TYPE_INT_RGB);
        part.createGraphics().drawImage(screen.capture(), -from.x(), -from.y(), null);
        return image(part);
    }

    @Override
    public void move(Point to) throws RfbException, InterruptedException {
        screen.send(hand -> hand.move(to.x(), to.y()));
    }

    @Override
    public void click(@Nullable Point at, Button button, int times, Duration apart, List<String> held)
            throws RfbException, InterruptedException {
        moveIfAsked(at);
        holding(held, () -> {
            for (int i = 0; i < Math.max(1, times); i++) {
                if (i > 0 && apart.isPositive()) {
                    pauses.pause(apart);
                }
                screen.send(hand -> click(hand, button.ordinal()));
            }
        });
    }

    @Override
    public void press(Button button) throws RfbException, InterruptedException {
        screen.send(hand -> hand.press(button.ordinal()));
    }

    @Override
    public void release(Button button) throws RfbException, InterruptedException {
        screen.send(hand -> hand.release(button.ordinal()));
    }

    @Override
    public void scroll(@Nullable Point at, int clicks, List<String> held) throws RfbException, InterruptedException {
        moveIfAsked(at);
        holding(held, () -> screen.send(hand -> {
            for (int i = 0; i < Math.min(Math.abs((long) clicks), MOST_CLICKS); i++) {
                click(hand, clicks > 0 ? WHEEL_DOWN : WHEEL_UP);
            }
        }));
    }

    @Override
    public void drag(List<Point> path, List<String> held) throws RfbException, InterruptedException {
        if (path.size() < 2) {
            throw new IllegalArgumentException("a drag goes from one point to another at least");
        }
        holding(held, () -> {
            move(path.getFirst());
            pauses.pause(FRAME);
            lettingGo(hand -> hand.release(Button.LEFT.ordinal()), () -> {
                press(Button.LEFT);
                pauses.pause(FRAME);
                for (int i = 1; i < path.size(); i++) {
                    glide(path.get(i - 1), path.get(i));
                }
                pauses.pause(FRAME);
            });
        });
    }

    private void glide(Point from, Point to) throws RfbException, InterruptedException {
        int farthest = Math.max(Math.abs(to.x() - from.x()), Math.abs(to.y() - from.y()));
        int steps = Math.clamp(farthest / LONGEST_MOVE, 1, MOST_MOVES);
        for (int i = 1; i <= steps; i++) {
            move(new Point(between(from.x(), to.x(), i, steps), between(from.y(), to.y(), i, steps)));
            pauses.pause(MOVE);
        }
    }

    private static int between(int from, int to, int step, int steps) {
        return from + Math.floorDiv((to - from) * step, steps);
    }

    /** Key by key; ends of lines and tabs are the keys of that name. */
    @Override
    public void type(String text) throws RfbException, InterruptedException {
        screen.send(hand -> {
            for (int character : text.replace("\r\n", "\n").codePoints().toArray()) {
                var key =
                        switch (character) {
                            case '\n', '\r' -> "Return";
                            case '\t' -> "Tab";
                            default -> Character.toString(character);
                        };
                hand.key(key, true);
                hand.key(key, false);
            }
        });
    }

    @Override
    public void press(List<String> chord, int times) throws RfbException, InterruptedException {
        for (int i = 0; i < Math.max(1, times); i++) {
            holding(chord, () -> {});
        }
    }

    @Override
    public void keyDown(String key) throws RfbException, InterruptedException {
        screen.send(hand -> hand.key(key, true));
    }

    @Override
    public void keyUp(String key) throws RfbException, InterruptedException {
        screen.send(hand -> hand.key(key, false));
    }

    @Override
    public void hold(String key, Duration time) throws RfbException, InterruptedException {
        holding(List.of(key), () -> pauses.pause(time));
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        pauses.pause(time);
    }

    @Override
    public void close() {
        screen.close();
    }

    private void moveIfAsked(@Nullable Point at) throws RfbException, InterruptedException {
        if (at != null) {
            move(at);
        }
    }

    private void holding(List<String> keys, Done done) throws RfbException, InterruptedException {
        var down = new ArrayDeque<String>();
        Strokes up = hand -> {
            for (var key : down) {
                hand.key(key, false);
            }
        };
        lettingGo(up, () -> {
            for (var key : keys) {
                keyDown(key);
                down.push(key);
            }
            done.run();
        });
    }

    /** Lets go whatever comes of it, for a hand that stays down would press in all that follows. */
    private void lettingGo(Strokes up, Done done) throws RfbException, InterruptedException {
        try {
            done.run();
        } catch (RfbException | InterruptedException | RuntimeException e) {
            try {
                screen.send(up);
            } catch (RfbException | InterruptedException lost) {
                e.addSuppressed(lost);
            }
            throw e;
        }
        screen.send(up);
    }

    /** What is done while something is down. */
    private interface Done {
        void run() throws RfbException, InterruptedException;
    }

    private static void click(Hand hand, int button) throws IOException {
        hand.press(button);
        hand.release(button);
    }

    private ToolOutcome image(BufferedImage picture) throws RfbException {
        return ToolOutcome.image(encoding.mimeType(), Base64.getEncoder().encodeToString(encoding.encode(picture)));
    }
}
