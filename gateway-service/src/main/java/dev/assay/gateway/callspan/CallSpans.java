// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.callspan;

import dev.assay.contracts.RunId;
import dev.assay.contracts.Uuids;
import dev.assay.gateway.budget.Money;
import dev.assay.gateway.ledger.BookedCalls;
import dev.assay.gateway.ledger.CallRow;
import dev.assay.kit.rest.InternalRest;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells trace-service of calls that runs made, many at a time, on a thread of its own. Nobody waits for it: while trace-service is away so
 * many are kept, and what comes then is dropped and counted; the ledger has every call all the same.
 */
@Component
class CallSpans implements BookedCalls, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(CallSpans.class);
    private static final int MOST_WAITING = 20_000;
    private static final int MOST_AT_ONCE = 500;
    private static final Duration GATHER = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(1);
    /** Which say nothing of what was sent: it is tried again. */
    private static final Set<Integer> AWAY = Set.of(401, 408, 429, 502, 503, 504);

    private static final Duration LAST = Duration.ofSeconds(3);

    private final RestClient traces;
    private final JsonMapper json;
    private final MeterRegistry meters;
    private final LinkedBlockingQueue<CallRow> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private volatile boolean stopping;
    private @Nullable Thread thread;

    CallSpans(InternalRest rest, @Value("${assay.trace-url}") String traces, JsonMapper json, MeterRegistry meters) {
        this.traces = rest.forService(traces, "trace-service", PATIENCE);
        this.json = json;
        this.meters = meters;
        meters.gauge("assay.callspans.waiting", waiting, LinkedBlockingQueue::size);
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
                var batch = gather();
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

    private List<CallRow> gather() throws InterruptedException {
        var batch = new ArrayList<CallRow>();
        var first = waiting.poll(GATHER.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
            batch.add(first);
            if (!stopping && waiting.size() < MOST_AT_ONCE) {
                Thread.sleep(GATHER);
            }
            waiting.drainTo(batch, MOST_AT_ONCE - 1);
        }
        return batch;
    }

    /** @return false: trace-service is away, it is to be tried again */
    private boolean send(List<CallRow> calls) {
        var body = new StringBuilder();
        calls.forEach(call -> body.append(line(call)).append('\n'));
        try {
            var status = traces.post()
                    .uri("/internal/spans")
                    .contentType(MediaType.APPLICATION_NDJSON)
                    .body(body.toString().getBytes(StandardCharsets.UTF_8))
                    .retrieve()
                    .onStatus(any -> true, (request, response) -> {})
                    .toBodilessEntity()
                    .getStatusCode()
                    .value();
            if (status / 100 == 2) {
                return true;
            }
            log.warn("trace-service answers {} calls with {}", calls.size(), status);
            return AWAY.contains(status) ? false : sendInHalves(calls);
        } catch (RuntimeException e) {
            log.warn("trace-service takes no calls just now: {}", e.toString());
            return false;
        }
    }

    /** What one call is to blame for keeps no other from being told. Those that were told already are told again, which harms nobody. */
    private boolean sendInHalves(List<CallRow> calls) {
        if (calls.size() == 1) {
            log.error("trace-service never takes call {}", calls.getFirst().id());
            meters.counter("assay.callspans.dropped").increment();
            return true;
        }
        var half = calls.size() / 2;
        return send(calls.subList(0, half)) && send(calls.subList(half, calls.size()));
    }

    private String line(CallRow call) {
        var run = new RunId(Objects.requireNonNull(call.runId()));
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("run", run);
        line.put("team", call.teamId());
        line.put("attempt", call.attempt());
        line.put("span", span(call, run));
        return json.writeValueAsString(line);
    }

    static Map<String, Object> span(CallRow call, RunId run) {
        var payload = new LinkedHashMap<String, Object>();
        put(payload, "call", call.id().toString());
        put(payload, "dialect", call.dialect());
        put(payload, "operation", call.operation());
        put(payload, "model", call.model());
        put(payload, "asked_model", call.askedModel());
        put(payload, "served_model", call.servedModel());
        put(payload, "upstream", call.upstream());
        put(payload, "attempts", call.attempts());
        put(payload, "status", call.status());
        put(payload, "ending", call.ending());
        put(payload, "error", call.error());
        put(payload, "streamed", call.streamed());
        put(payload, "input_tokens", call.input());
        put(payload, "cached_tokens", call.cached());
        put(payload, "output_tokens", call.output());
        put(payload, "reasoning_tokens", call.reasoning());
        put(payload, "estimated", call.estimated() ? true : null);
        put(payload, "cost_usd", call.costNanos() == null ? null : Money.dollars(call.costNanos()));
        put(payload, "first_byte_ms", call.firstMs());
        put(payload, "total_ms", call.totalMs());
        put(payload, "bytes_in", call.bytesIn());
        put(payload, "bytes_out", call.bytesOut());
        put(payload, "finish", call.finish());
        return Map.of(
                // the beginning of the id is its time, the end is what tells calls of one moment apart
                "span_id", Uuids.hex(call.id()).substring(0, 8) + Uuids.hex(call.id()).substring(24),
                "trace_id", run.hex(),
                "name", "model.call",
                "start_time", call.at().toString(),
                "end_time", call.at().plusMillis(call.totalMs()).toString(),
                "status_code", call.ending().equals("done") ? "OK" : "ERROR",
                "attributes", Map.of("hud.schema", "assay.call.v1", "hud.task_run_id", run.hex(), "hud.payload", payload));
    }

    private static void put(Map<String, Object> payload, String name, @Nullable Object value) {
        if (value != null) {
            payload.put(name, value);
        }
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
