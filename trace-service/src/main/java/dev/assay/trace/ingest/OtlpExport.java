// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.problem.Telemetry;
import dev.assay.trace.ingest.OtlpForm.Source;
import dev.assay.trace.ingest.SpanScan.Taken;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The spans of one export, gathered by run and handed on when there are many, so that they are never all held at once. */
final class OtlpExport {

    /** Each run that is new here is asked about. */
    static final int MOST_RUNS = 1000;

    private static final long HELD = 4L * 1024 * 1024;
    private static final int MOST_REASONS = 10;

    /** Beside its body. */
    private static final int HEAD = 400;

    private final OtlpForm form;
    private final @Nullable RunId ofKey;
    private final Instant receivedAt;
    private final OtlpRoom room;
    private final Runs runs;
    private final ExecutorService executor;
    private final Set<RunId> named = new HashSet<>();
    private final Map<RunId, OfRun> held = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private long heldBytes;
    private long leftOut;
    private int seen;

    /** @param at where the first of them stands in the export */
    private record OfRun(String at, List<Taken> spans) {}

    interface Runs {

        /** Empty: they are taken; else why no spans of that run are taken from this caller. */
        Optional<String> take(RunId run, List<Taken> spans);
    }

    /**
     * @param ofKey the run of which the key is, if it is one's
     * @param room what all spans together may become
     * @param executor each run is asked about and waited for, and there may be hundreds
     */
    OtlpExport(OtlpForm form, @Nullable RunId ofKey, Instant receivedAt, OtlpRoom room, Runs runs, ExecutorService executor) {
        this.form = form;
        this.ofKey = ofKey;
        this.receivedAt = receivedAt;
        this.room = room;
        this.runs = runs;
        this.executor = executor;
    }

    /** Returns once all that is taken is durable. */
    void take(byte[] body) {
        form.walk(body, this::span);
        handOn();
    }

    private void span(String at, Source source, Slice slice) {
        try {
            if (++seen > OtlpForm.MOST) {
                throw new LeftOutException("no more than " + OtlpForm.MOST + " spans are taken at once");
            }
            if (room.isFull()) {
                throw new LeftOutException(room.full());
            }
            var span = form.read(slice);
            var run = OtlpSpan.run(span, source, ofKey);
            if (named.size() == MOST_RUNS && !named.contains(run)) {
                throw new LeftOutException("the spans before it are of " + MOST_RUNS + " runs, and no more are taken at once");
            }
            hold(at, run, OtlpSpan.taken(span, source, receivedAt, room));
        } catch (LeftOutException e) {
            leftOut(at + e.at(), e.reason(), 1);
        }
    }

    private void hold(String at, RunId run, Taken taken) {
        named.add(run);
        held.computeIfAbsent(run, unused -> new OfRun(at, new ArrayList<>())).spans().add(taken);
        heldBytes += taken.body().remaining() + HEAD;
        if (heldBytes > HELD) {
            handOn();
        }
    }

    private void handOn() {
        var under = new LinkedHashMap<RunId, Future<Optional<String>>>();
        held.forEach((run, spans) -> under.put(run, executor.submit(() -> runs.take(run, spans.spans()))));
        under.forEach((run, answer) -> await(answer).ifPresent(refusal -> {
            var spans = held.get(run);
            leftOut(spans.at(), refusal, spans.spans().size());
        }));
        held.clear();
        heldBytes = 0;
    }

    private static Optional<String> await(Future<Optional<String>> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Problem problem ? problem : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("This service is being stopped.", Telemetry.TRY_AGAIN);
        }
    }

    private void leftOut(String at, String reason, int spans) {
        leftOut += spans;
        if (reasons.size() < MOST_REASONS) {
            reasons.add(at + ": " + reason);
        }
    }

    long leftOut() {
        return leftOut;
    }

    /** Nothing, or how many spans were not taken and of the first of them why. */
    ExportTraceServiceResponse answer() {
        var answer = ExportTraceServiceResponse.newBuilder();
        if (leftOut > 0) {
            answer.setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(leftOut)
                    .setErrorMessage(String.join("; ", reasons) + (leftOut > reasons.size() ? "; …" : "")));
        }
        return answer.build();
    }
}
