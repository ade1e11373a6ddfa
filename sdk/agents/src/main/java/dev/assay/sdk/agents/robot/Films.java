// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.RobotStep.VideoSegment;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The films of a run's cameras, made beside it on a thread of their own: whoever drives a robot never waits for them, and pictures are left
 * out while there is no time for them. Without films nothing else is wrong, so what goes wrong here is logged.
 */
final class Films implements AutoCloseable {

    /** For what is still to be filmed at the end. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Films.class);
    private static final int MOST_CAMERAS = 16;
    private static final int LARGEST_PICTURE = 4 << 20;

    /** Of all cameras together, one picture each: four of full HD. */
    private static final int MOST_POINTS = 8 << 20;

    /** A film of more pictures a second is played slower than it was seen. */
    private static final int FASTEST = 60;
    private static final int WAITING = 256;
    private static final long MOST_BYTES = 64 << 20;

    private final int fps;
    private final Consumer<VideoSegment> pieces;
    private final BlockingQueue<Seen> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Map<String, @Nullable Film> films = new HashMap<>();
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable Thread thread;
    private volatile boolean ending;
    private long lost;

    /** What the cameras saw at one tick. */
    private record Seen(int tick, Map<String, NdArray> pictures) {}

    /** @param pieces told of each piece when it is whole, from another thread */
    Films(int fps, Consumer<VideoSegment> pieces) {
        this.fps = Math.min(fps, FASTEST);
        this.pieces = pieces;
    }

    /** What the cameras among these see now. */
    void take(int tick, Map<String, @Nullable Object> data) {
        var pictures = new HashMap<String, NdArray>();
        data.forEach((name, value) -> {
            if (value instanceof NdArray array && array.isPicture() && pictures.size() < MOST_CAMERAS) {
                pictures.put(name, array);
            }
        });
        if (pictures.isEmpty()) {
            return;
        }
        if (thread == null) {
            // not a virtual one: it computes, and would keep others from their turn
            thread = Thread.ofPlatform().daemon().name("films").priority(Thread.MIN_PRIORITY).start(this::film);
        }
        if (held.addAndGet(bytes(pictures)) > MOST_BYTES || !waiting.offer(new Seen(tick, pictures))) {
            held.addAndGet(-bytes(pictures)); // there is no time for these
            lost += pictures.size();
        }
    }

    /** How many pictures there was no time for. To be asked by whoever shows them. */
    long lost() {
        return lost;
    }

    private static long bytes(Map<String, NdArray> pictures) {
        return pictures.values().stream().mapToLong(picture -> picture.data().length).sum();
    }

    private void film() {
        try {
            while (!ending || !waiting.isEmpty()) {
                var seen = waiting.poll(50, TimeUnit.MILLISECONDS);
                if (seen != null) {
                    seen.pictures().forEach((camera, picture) -> film(camera, seen.tick(), picture));
                    held.addAndGet(-bytes(seen.pictures()));
                }
            }
            films.forEach((camera, film) -> {
                if (film != null) {
                    film.end();
                }
            });
        } catch (InterruptedException e) {
            LOG.warn("films are left unfinished: their robot's run was over for {}", PATIENCE);
        } catch (RuntimeException e) {
            LOG.warn("films are left unfinished", e);
        }
    }

    private void film(String camera, int tick, NdArray picture) {
        if (!films.containsKey(camera) && films.size() < MOST_CAMERAS) {
            films.put(camera, canBeFilmed(picture) ? new Film(picture, fps, (index, bytes) -> tell(camera, index, bytes)) : null);
        }
        var film = films.get(camera);
        if (film != null && !over.get()) {
            try {
                film.add(tick, picture);
            } catch (RuntimeException e) {
                LOG.warn("the film of camera '{}' ends here", camera, e);
                films.put(camera, null);
            }
        }
    }

    private boolean canBeFilmed(NdArray picture) {
        long points = (long) picture.shape()[0] * picture.shape()[1];
        long before = films.values().stream().filter(Objects::nonNull).mapToLong(Film::points).sum();
        return picture.shape()[0] > 1 && picture.shape()[1] > 1 && points <= LARGEST_PICTURE && before + points <= MOST_POINTS;
    }

    private void tell(String camera, int index, byte[] bytes) {
        if (!over.get()) {
            var data = Base64.getEncoder().encodeToString(bytes);
            var segment = Json.object().put("type", "video").put("data", data).put("mimeType", "video/mp4");
            pieces.accept(new VideoSegment(camera, index, fps, segment));
        }
    }

    /** Ends the films. After this nothing is told. */
    @Override
    public void close() {
        ending = true;
        if (thread == null) {
            return;
        }
        boolean interrupted = false;
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        over.set(true);
        thread.interrupt();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
