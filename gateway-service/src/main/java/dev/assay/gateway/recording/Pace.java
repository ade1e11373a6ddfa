// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast a replayed answer comes: as soon as it can, or, where the call's header asks for that, as it came when it was recorded. When
 * each event came is not recorded: behind the first they come evenly until the last.
 *
 * @param first when the first byte comes, since the call began
 * @param last when the last does
 */
public record Pace(Duration first, Duration last) {

    static final String HEADER = "x-assay-recording-pace";

    private static final Pace AT_ONCE = new Pace(Duration.ZERO, Duration.ZERO);

    /** Whom an answer is told. */
    public interface Listener {
        void hears(byte[] bytes, int from, int to) throws IOException;
    }

    /** @throws ModelErrorException 400 if the header says nothing that can be meant */
    static void check(Exchange call) {
        var word = call.request().first(HEADER).orElse("at-once");
        if (!word.equals("at-once") && !word.equals("recorded")) {
            throw new ModelErrorException(ModelError.badRequest(HEADER, "must be at-once or recorded"));
        }
    }

    static Pace of(Exchange call, @Nullable Long firstMs, long totalMs) {
        return call.request().first(HEADER).filter(word -> word.equals("recorded")).isEmpty()
                ? AT_ONCE
                : new Pace(Duration.ofMillis(firstMs == null ? totalMs : Math.min(firstMs, totalMs)), Duration.ofMillis(totalMs));
    }

    /** When each of so many pieces comes. */
    List<Duration> due(int pieces) {
        var due = new ArrayList<Duration>(pieces);
        var rest = last.minus(first).toNanos();
        for (var piece = 0; piece < pieces; piece++) {
            due.add(pieces == 1 ? first : first.plusNanos((long) (rest * (piece / (pieces - 1.0)))));
        }
        return due;
    }

    /**
     * Tells a stream, event by event.
     *
     * @throws dev.assay.gateway.call.AbortedException if the call was ended meanwhile
     */
    public void stream(Exchange call, byte[] events, Listener listener) throws IOException {
        if (equals(AT_ONCE)) {
            listener.hears(events, 0, events.length);
            return;
        }
        var ends = ends(events);
        var due = due(ends.size());
        for (int piece = 0, from = 0; piece < ends.size(); from = ends.get(piece++)) {
            await(call, due.get(piece));
            listener.hears(events, from, ends.get(piece));
        }
    }

    /** Waits for the time at which a whole answer comes. */
    public void whole(Exchange call) throws IOException {
        if (!equals(AT_ONCE)) {
            await(call, last);
        }
    }

    private static void await(Exchange call, Duration due) throws IOException {
        call.pause(due.minusNanos(System.nanoTime() - call.tally().beganNanos()));
    }

    /** The first byte behind each event: behind its empty line. */
    private static List<Integer> ends(byte[] events) {
        var ends = new ArrayList<Integer>();
        for (var at = 1; at < events.length; at++) {
            if (events[at] == '\n' && events[at - 1] == '\n') {
                ends.add(at + 1);
            }
        }
        if (ends.isEmpty() || ends.getLast() < events.length) {
            ends.add(events.length);
        }
        return ends;
    }
}
