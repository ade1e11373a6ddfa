// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.callspan;

import dev.assay.contracts.Uuids;
import dev.assay.gateway.budget.Money;
import dev.assay.gateway.ledger.BookedCalls;
import dev.assay.gateway.ledger.CallRow;
import dev.assay.gateway.ledger.JsonLine;
import dev.assay.gateway.ledger.Portions;
import dev.assay.gateway.recording.WholeCalls;
import dev.assay.kit.rest.InternalRest;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells trace-service of calls that runs made, many at a time, on a thread of its own. Nobody waits for it: while trace-service is away so
 * many are kept, and what comes then is dropped and counted; the ledger has every call all the same.
 */
@Component
class CallSpans implements BookedCalls, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(CallSpans.class);
    private static final int MOST_WAITING = 20_000;
    /** Of one request, in bytes: recorded calls are told whole. */
    private static final int MOST_TEXT = 4 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(1);
    /** Which say nothing of what was sent: it is tried again. */
    private static final Set<Integer> AWAY = Set.of(401, 408, 429, 502, 503, 504);

    private static final Duration LAST = Duration.ofSeconds(3);
    /** In bytes. */
    private static final int MOST_KEPT = 1 << 20;

    private final InternalRest.Bytes traces;
    private final WholeCalls whole;
    private final JsonMapper json;
    private final MeterRegistry meters;
    private final LinkedBlockingQueue<CallRow> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Portions<CallRow> portions = new Portions<>(waiting, () -> this.stopping);
    private volatile boolean stopping;
    private @Nullable Thread thread;
    /** Of the thread: what it tells, written in the same memory each time. */
    private JsonLine told = new JsonLine();

    CallSpans(InternalRest rest, WholeCalls whole, @Value("${assay.trace-url}") String traces, JsonMapper json, MeterRegistry meters) {
        this.traces = rest.bytesForService(traces, "trace-service", PATIENCE);
        this.whole = whole;
        this.json = json;
        this.meters = meters;
        meters.gauge("assay.callspans.waiting", waiting, LinkedBlockingQueue::size);
        meters.counter("assay.callspans.dropped"); // there from the start: a counter that comes with its first count never rises
    }

    @Override
    public void booked(CallRow call) {
        if (call.runId() != null && !waiting.offer(call)) {
            meters.counter("assay.callspans.dropped").increment();
        }
    }

    private void keep() {
        while (!stopping || !waiting.isEmpty()) {
            try {
                var batch = portions.next();
                while (!batch.isEmpty() && !send(batch)) {
                    if (stopping) {
                        return;
                    }
                    Thread.sleep(REST);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.error("calls could not be told to trace-service", e);
            }
        }
    }

    /** @return false: trace-service is away, it is to be tried again */
    private boolean send(List<CallRow> calls) throws InterruptedException {
        var body = told.clear();
        for (var call : calls) {
            tell(body, call);
            if (body.length() > MOST_TEXT && calls.size() > 1) {
                return sendInHalves(calls);
            }
        }
        if (body.length() > MOST_KEPT) {
            told = new JsonLine();
        }
        int status;
        try {
            status = traces.post("/internal/spans", MediaType.APPLICATION_NDJSON_VALUE, body.inMemory(), body.length());
        } catch (IOException | RuntimeException e) {
            told = new JsonLine(); // whoever sends may not have noticed yet
            log.warn("trace-service takes no calls just now: {}", e.toString());
            return false;
        }
        if (status / 100 == 2) {
            return true;
        }
        log.warn("trace-service answers {} calls with {}", calls.size(), status);
        return AWAY.contains(status) ? false : sendInHalves(calls);
    }

    /** What one call is to blame for keeps no other from being told. Those that were told already are told again, which harms nobody. */
    private boolean sendInHalves(List<CallRow> calls) throws InterruptedException {
        if (calls.size() == 1) {
            log.error("trace-service never takes call {}", calls.getFirst().id());
            meters.counter("assay.callspans.dropped").increment();
            return true;
        }
        var half = calls.size() / 2;
        return send(calls.subList(0, half)) && send(calls.subList(half, calls.size()));
    }

    private void tell(JsonLine line, CallRow call) {
        var run = Objects.requireNonNull(call.runId());
        line.open().id("run", run).id("team", call.teamId()).number("attempt", call.attempt()).open("span");
        span(line, call, Uuids.hex(run));
        line.close().close().end();
    }

    private void span(JsonLine line, CallRow call, String run) {
        var id = Uuids.hex(call.id());
        line
                // the beginning of the id is its time, the end is what tells calls of one moment apart
                .text("span_id", id.substring(0, 8) + id.substring(24))
                .text("trace_id", run)
                .text("name", "model.call")
                .time("start_time", call.at())
                .time("end_time", call.at().plusMillis(call.totalMs()))
                .text("status_code", call.ending().equals("done") ? "OK" : "ERROR")
                .open("attributes")
                .text("hud.schema", "assay.call.v1")
                .text("hud.task_run_id", run)
                .open("hud.payload");
        payload(line, call);
        // what it says beside, of a call that is recorded
        whole.of(call.id()).forEach((name, value) -> line.raw(name, json.writeValueAsString(value)));
        line.close().close();
    }

    private static void payload(JsonLine line, CallRow call) {
        line.id("call", call.id())
                .text("dialect", call.dialect())
                .text("operation", call.operation())
                .text("model", call.model())
                .text("asked_model", call.askedModel())
                .text("served_model", call.servedModel())
                .text("checkpoint", call.checkpoint())
                .text("upstream", call.upstream())
                .number("attempts", call.attempts());
        call.writeTries(line);
        line.number("status", call.status())
                .text("ending", call.ending())
                .text("error", call.error())
                .flag("streamed", call.streamed())
                .number("input_tokens", call.input())
                .number("cached_tokens", call.cached())
                .number("output_tokens", call.output())
                .number("reasoning_tokens", call.reasoning());
        if (call.estimated()) {
            line.flag("estimated", true);
        }
        line.raw("cost_usd", call.costNanos() == null ? null : Money.text(call.costNanos()))
                .number("first_byte_ms", call.firstMs())
                .number("total_ms", call.totalMs())
                .number("bytes_in", call.bytesIn())
                .number("bytes_out", call.bytesOut())
                .text("finish", call.finish());
    }

    @Override
    public void start() {
        stopping = false;
        thread = Thread.ofPlatform().name("callspans").daemon().start(this::keep);
    }

    @Override
    public void stop() {
        stopping = true;
        try {
            if (thread != null) {
                thread.join(LAST);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return 0;
    }
}
