// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.Relay;
import dev.assay.gateway.dialect.AnswerReading.Verdict;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.kit.web.BytesInFlight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Passes a stream on, event by event: whole ones only, as slices of the upstream's own bytes wherever nothing has to be mended. A stream
 * that breaks off, says nothing for too long or ends without an answer ends in an error event: what looks like a clean end would be taken
 * for a short answer. What goes wrong before anything of an answer was sent leaves it to others to ask again; so what is no answer yet,
 * such as a role alone, is held back until one comes.
 */
final class StreamRelay implements Relay {

    private static final int MOST_HELD = 64 * 1024;
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    /** Behind an answer's last event only the connection's own end is missing: worth some waiting, because it can be used again then. */
    private static final Duration TO_END = Duration.ofMillis(200);

    private static final Duration TO_CLOSE = Duration.ofSeconds(5);

    private final Passing passing;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
    private Fields headers = Fields.NONE;
    private boolean dirty;
    private boolean out;

    StreamRelay(Passing passing) {
        this.passing = passing;
    }

    @Override
    public void relay(Ask ask, Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw Failures.status(passing.call(), passing.provider(), answer, passing.inFlight(), passing.clock().instant());
        }
        headers = Dialects.answered(passing.of(), answer.headers());
        try (var in = new AnswerBytes(answer, passing.largest(), passing.inFlight())) {
            if (isStream(in)) {
                follow(in, answer);
            } else {
                whole(in, answer);
            }
        } finally {
            passing.tell(answer);
        }
    }

    private boolean isStream(AnswerBytes in) throws AskFailure, AbortedException {
        try {
            return in.isStream();
        } catch (IOException | BytesInFlight.NoRoomException e) {
            throw Failures.unread(passing.call(), passing.provider(), e);
        }
    }

    private void follow(AnswerBytes in, Answer answer) throws IOException {
        var scan = new EventScan();
        do {
            while (scan.next(in.bytes(), in.to())) {
                event(scan, in.bytes(), answer);
            }
            flush();
            scan.moved(in.drop(scan.pending()));
        } while (more(in));
        var finished = passing.reading().finished();
        if (scan.rest(in.bytes(), in.to())) {
            try {
                event(scan, in.bytes(), answer);
            } catch (AskFailure e) {
                if (!finished) {
                    throw e;
                }
            }
        }
        end();
    }

    /** False at the end; a break behind the last event is one. */
    private boolean more(AnswerBytes in) throws AskFailure, AbortedException {
        try {
            return in.more();
        } catch (IOException | BytesInFlight.NoRoomException e) {
            var failure = Failures.unread(passing.call(), passing.provider(), e);
            if (passing.reading().finished()) {
                return false;
            }
            throw failure;
        }
    }

    /** A whole answer that came where a stream was asked for. */
    private void whole(AnswerBytes in, Answer answer) throws IOException {
        while (more(in)) {}
        switch (passing.reading().whole(in.bytes(), 0, in.to())) {
            case Verdict.Failed(var error, var unused) -> throw Failures.refused(error, answer, passing.clock().instant());
            case Verdict.Mended(var events) -> {
                passing.sampled(in.bytes(), 0, in.to(), answer);
                made(events);
            }
            case Verdict.Pass(), Verdict.Drop() -> throw Failures.early(passing.provider(), "sent no stream where one was asked for");
        }
        end();
    }

    private void event(EventScan scan, byte[] bytes, Answer answer) throws IOException {
        var data = scan.data(bytes);
        if (!scan.hasData() || isBlank(data, scan.dataFrom(), scan.dataTo())) {
            comment(scan, bytes);
            return;
        }
        var verdict = passing.reading().event(scan.name(), data, scan.dataFrom(), scan.dataTo());
        if (!(verdict instanceof Verdict.Failed)) {
            passing.sampled(data, scan.dataFrom(), scan.dataTo(), answer);
        }
        switch (verdict) {
            case Verdict.Drop() -> {}
            case Verdict.Mended(var events) -> made(events);
            case Verdict.Failed(var error, var passes) -> {
                if (!out || !passes || passing.translation() != null) {
                    throw Failures.refused(error, answer, passing.clock().instant());
                }
                pass(scan, bytes, data);
                passing.client().failedAsItCame();
                flush();
                throw Failures.refused(error, answer, passing.clock().instant());
            }
            case Verdict.Pass() -> {
                var translation = passing.translation();
                if (translation != null) {
                    var events = translation.event(scan.name(), data, scan.dataFrom(), scan.dataTo());
                    send(events, 0, events.length);
                } else {
                    pass(scan, bytes, data);
                }
            }
        }
        var isDone = isDone(data, scan.dataFrom(), scan.dataTo());
        passing.call().hurry(isDone ? TO_END : passing.reading().finished() ? TO_CLOSE : null);
    }

    /** Clients of Chat and Gemini know no names of events. */
    private void pass(EventScan scan, byte[] bytes, byte[] data) throws IOException {
        var isNamed = passing.of() == Dialect.MESSAGES || passing.of() == Dialect.RESPONSES;
        if (scan.isPlain() && (isNamed || scan.name().isEmpty())) {
            send(bytes, scan.from(), scan.to());
            return;
        }
        var spelled = spelled(isNamed ? scan.name() : "", data, scan.dataFrom(), scan.dataTo());
        send(spelled, 0, spelled.length);
    }

    /** What was made here of an event: more events of the upstream's dialect. */
    private void made(byte[] events) throws IOException {
        var translation = passing.translation();
        if (translation == null) {
            send(events, 0, events.length);
            return;
        }
        var scan = new EventScan();
        while (scan.next(events, events.length)) {
            if (scan.hasData()) {
                var translated = translation.event(scan.name(), scan.data(events), scan.dataFrom(), scan.dataTo());
                send(translated, 0, translated.length);
            }
        }
    }

    /** An upstream's own sign of life goes on where it can do no harm: some clients of Gemini take every line for data. */
    private void comment(EventScan scan, byte[] bytes) throws IOException {
        if (out && passing.translation() == null && passing.of() != Dialect.GEMINI && scan.isComment()) {
            send(bytes, scan.from(), scan.to());
        }
    }

    private void end() throws IOException {
        if (!passing.reading().finished()) {
            throw Failures.early(passing.provider(), out ? "ended its stream early" : "ended its stream without an answer");
        }
        var translation = passing.translation();
        var closing = translation == null ? passing.reading().closing() : translation.end();
        out = true;
        send(closing, 0, closing.length);
        passing.client().endStream();
        flush();
    }

    private void send(byte[] bytes, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        out |= passing.reading().answered() || held.size() + to - from > MOST_HELD;
        if (!out) {
            held.write(bytes, from, to - from);
            return;
        }
        var tally = passing.call().tally();
        if (tally.firstByteNanos == 0) {
            tally.firstByteNanos = System.nanoTime();
            tally.status = 200;
        }
        passing.client().beginStream(headers);
        if (held.size() > 0) {
            put(held.toByteArray(), 0, held.size());
            held.reset();
        }
        put(bytes, from, to);
    }

    private void put(byte[] bytes, int from, int to) throws IOException {
        passing.client().write(bytes, from, to);
        passing.call().tally().bytesOut += to - from;
        dirty = true;
    }

    private void flush() throws IOException {
        if (dirty) {
            passing.client().flush();
            dirty = false;
        }
    }

    private static byte[] spelled(String name, byte[] data, int from, int to) {
        var spelled = new ByteArrayOutputStream(to - from + 32);
        if (!name.isEmpty()) {
            spelled.writeBytes(("event: " + name + "\n").getBytes(StandardCharsets.UTF_8));
        }
        spelled.writeBytes(DATA);
        for (var at = from; at < to; at++) {
            spelled.write(data[at] == '\n' ? ' ' : data[at]); // between JSON's tokens one blank is as good as another
        }
        spelled.write('\n');
        spelled.write('\n');
        return spelled.toByteArray();
    }

    private static boolean isBlank(byte[] data, int from, int to) {
        for (var at = from; at < to; at++) {
            if (data[at] > ' ' || data[at] < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDone(byte[] data, int from, int to) {
        return to - from < 16 && new String(data, from, to - from, StandardCharsets.ISO_8859_1).strip().equals("[DONE]");
    }
}
