// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.contracts.RunId;
import dev.assay.kit.rest.InternalRest;
import dev.assay.sdk.protocol.Json;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.span.SpanFile.Owner;
import dev.assay.worker.span.Timeline.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/**
 * Makes timelines that end at trace-service, by way of the gateway and with the run's key, which carries the attempt: their fence. What an
 * earlier process of this machine could not send any more is sent first, for as long as its keys live.
 */
@Component
public class Timelines implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);
    private static final long MOST_IN_MEMORY = 8 << 20;

    private final RestClient gateway;
    private final SpanSpool spool;
    private final SpanCounts counts;
    private final Clock clock;
    private final Set<Timeline> open = ConcurrentHashMap.newKeySet();

    Timelines(
            InternalRest rest, @Value("${assay.gateway-url}") String gatewayUrl, @Value("${assay.data}") Path data, WorkerSettings settings,
            MeterRegistry meters, Clock clock)
            throws IOException {
        this.gateway = rest.plain(gatewayUrl);
        this.spool = new SpanSpool(data.resolve("worker").resolve("spans"), settings.spool().toBytes());
        this.counts = new SpanCounts(meters);
        this.clock = clock;
        meters.gauge("assay.worker.spans.spool.bytes", spool, waiting -> waiting.space().taken());
        meters.gaugeCollectionSize("assay.worker.spans.timelines", List.of(), open);
        var left = spool.left();
        if (!left.isEmpty()) {
            LOG.info("the spans of {} attempts are sent that an earlier process could not send", left.size());
        }
        left.forEach(file -> start(Timeline.left(file, batch -> send(file.owner(), batch), counts)));
    }

    /** A timeline of the run, as the attempt that its key is made for tells it. */
    public Timeline of(RunId run, String runKey) {
        var owner = new Owner(run, runKey);
        var backlog = new SpanBacklog(run.hex(), () -> spool.create(owner), counts, MOST_IN_MEMORY);
        return start(new Timeline(run.hex(), batch -> send(owner, batch), backlog, counts, Timeline.LAST_UPLOAD));
    }

    /** Bytes on disk that trace-service has not taken. */
    public long waitingBytes() {
        return spool.space().taken();
    }

    /** How many spans were lost since this process started. */
    public long lost() {
        return counts.lostSoFar();
    }

    private Timeline start(Timeline timeline) {
        open.add(timeline);
        Thread.ofVirtual().name("spans").start(() -> {
            try {
                timeline.sendAll();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                open.remove(timeline);
            }
        });
        return timeline;
    }

    private Answer send(Owner owner, List<byte[]> batch) {
        try {
            gateway.post()
                    .uri("/telemetry/v3/api/trace/{run}/telemetry-upload", owner.run().hex())
                    .headers(headers -> headers.setBearerAuth(owner.key()))
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(body(batch))
                    .retrieve()
                    .toBodilessEntity();
            return Answer.TAKEN;
        } catch (HttpClientErrorException e) {
            LOG.error("{} spans of run {} were refused: {}", batch.size(), owner.run(), e.getMessage());
            return switch (e.getStatusCode().value()) {
                case 408, 425, 429 -> Answer.AGAIN;
                // keys of ours change hands: only a key that is too old is refused for good
                case 401, 403 -> isOver(owner.key()) ? Answer.OVER : Answer.AGAIN;
                case 404, 409 -> Answer.OVER;
                default -> Answer.REFUSED;
            };
        } catch (RuntimeException e) {
            // whatever it is, nobody else would send them
            LOG.warn("spans of run {} could not be sent, trying again: {}", owner.run(), e.toString());
            return Answer.AGAIN;
        }
    }

    /** The end of its time stands in the key itself, which is a signed token; of one that says nothing, the refusal holds. */
    private boolean isOver(String key) {
        try {
            var claims = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(key.split("\\.")[1]));
            return clock.instant().getEpochSecond() >= claims.path("exp").asLong(0);
        } catch (RuntimeException e) {
            return true;
        }
    }

    private static byte[] body(List<byte[]> batch) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"telemetry\":[".getBytes(StandardCharsets.US_ASCII));
        for (var span : batch) {
            if (span != batch.getFirst()) {
                body.write(',');
            }
            body.writeBytes(span);
        }
        body.writeBytes("]}".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    @Override
    public void close() throws IOException {
        open.forEach(Timeline::stop);
        spool.close();
    }
}
