// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.Relay;
import dev.assay.gateway.dialect.AnswerReading.Verdict;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.kit.web.BytesInFlight;
import java.io.IOException;

/** Passes an answer on as a whole: read to its end first, so that one that breaks off can still become an error. */
final class WholeRelay implements Relay {

    static final Fields JSON = Fields.builder().add("content-type", "application/json").build();

    private final Passing passing;

    WholeRelay(Passing passing) {
        this.passing = passing;
    }

    @Override
    public void relay(Ask ask, Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw Failures.status(passing.call(), passing.provider(), answer, passing.inFlight(), passing.clock().instant());
        }
        try (var in = new AnswerBytes(answer, passing.largest(), passing.inFlight())) {
            var body = toldOf(in, answer);
            var tally = passing.call().tally();
            tally.firstByteNanos = System.nanoTime();
            tally.bytesOut = body.to();
            tally.status = 200;
            passing.client().header("x-hud-cost", passing.cost().get());
            var headers = Fields.builder().addAll(Dialects.answered(passing.of(), answer.headers())).addAll(JSON).build();
            passing.client().whole(200, headers, body.bytes(), 0, body.to());
        }
    }

    private Whole toldOf(AnswerBytes in, Answer answer) throws IOException {
        try {
            read(in);
            return body(in, answer);
        } finally {
            passing.tell(answer);
        }
    }

    private record Whole(byte[] bytes, int to) {
        static Whole of(byte[] bytes) {
            return new Whole(bytes, bytes.length);
        }
    }

    private void read(AnswerBytes in) throws IOException {
        try {
            in.all();
        } catch (IOException | BytesInFlight.NoRoomException e) {
            throw Failures.unread(passing.call(), passing.provider(), e);
        }
    }

    private Whole body(AnswerBytes in, Answer answer) throws IOException {
        var whole = in.isStream() ? gathered(in, answer) : judged(in, answer);
        passing.sampled(whole.bytes(), 0, whole.to(), answer);
        var translation = passing.translation();
        return translation == null ? whole : Whole.of(translation.whole(whole.bytes(), 0, whole.to()));
    }

    private Whole judged(AnswerBytes in, Answer answer) throws AskFailure {
        return switch (passing.reading().whole(in.bytes(), 0, in.to())) {
            case Verdict.Failed(var error, var unused) -> throw Failures.refused(error, answer, passing.clock().instant());
            case Verdict.Mended(var bytes) -> Whole.of(bytes);
            case Verdict.Pass(), Verdict.Drop() -> new Whole(in.bytes(), in.to());
        };
    }

    /** A stream that came where a whole was asked for. */
    private Whole gathered(AnswerBytes in, Answer answer) throws AskFailure {
        var scan = new EventScan();
        while (scan.next(in.bytes(), in.to())) {
            look(scan, in, answer);
        }
        if (scan.rest(in.bytes(), in.to())) {
            look(scan, in, answer);
        }
        if (!passing.reading().finished()) {
            throw Failures.early(passing.provider(), "ended its answer early");
        }
        return Whole.of(passing.reading().closing());
    }

    private void look(EventScan scan, AnswerBytes in, Answer answer) throws AskFailure {
        if (scan.hasData()
                && passing.reading().event(scan.name(), scan.data(in.bytes()), scan.dataFrom(), scan.dataTo())
                        instanceof Verdict.Failed(var error, var unused)) {
            throw Failures.refused(error, answer, passing.clock().instant());
        }
    }
}
