// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.internal.OfferedModels;
import dev.assay.contracts.internal.OfferedModels.Offer;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.kit.rest.InternalRest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;

/**
 * Asks the upstreams what they serve, and tells the catalog. The same question shows whether an upstream that is left alone, or that nobody
 * has called for a while, is there: what it last said stays until it says something else.
 */
@Component
class Offers implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Offers.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int LARGEST = 32 << 20;

    /**
     * What became of the last question.
     *
     * @param error null: it was answered
     */
    record Look(Instant at, long nanos, @Nullable String error) {}

    private final Upstreams upstreams;
    private final @Nullable Duration every;
    private final RestClient catalog;
    private final Clock clock;
    private final Duration patience;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER).build();
    private final Map<String, List<Offer>> offered = new ConcurrentHashMap<>();
    private final Map<String, Look> looks = new ConcurrentHashMap<>();
    private Map<String, List<Offer>> told = Map.of();
    private long toldNanos;
    private boolean hasTold;

    @Autowired
    Offers(Upstreams upstreams, OfferSettings settings, InternalRest rest, @Value("${assay.training-url}") String training, Clock clock) {
        this(upstreams, settings, rest, training, clock, PATIENCE);
    }

    /** @param patience with an upstream's list, to its end */
    Offers(Upstreams upstreams, OfferSettings settings, InternalRest rest, String training, Clock clock, Duration patience) {
        this.patience = patience;
        this.upstreams = upstreams;
        this.every = settings.every();
        this.catalog = rest.forService(training, "training-service", PATIENCE);
        this.clock = clock;
    }

    /** Null: it was not asked so far. */
    @Nullable Look lookAt(String upstream) {
        return looks.get(upstream);
    }

    @Scheduled(fixedDelay = 15_000)
    void look() {
        if (every == null) {
            return;
        }
        var now = System.nanoTime();
        try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
            upstreams.all().stream().filter(known -> known.settings() != null && isDue(known, now)).forEach(known -> all.submit(() -> ask(known)));
        }
        tell();
    }

    private boolean isDue(Upstreams.Known known, long now) {
        var settings = known.settings();
        if (settings == null || !settings.isListed()) {
            return settings != null && !settings.models().isEmpty() && !offered.containsKey(known.name());
        }
        var last = looks.get(known.name());
        var age = last == null ? Duration.ofDays(1) : Duration.ofNanos(now - last.nanos());
        return age.compareTo(every) >= 0
                || known.breaker().state() == Breaker.State.OPEN
                || last != null && last.error() != null
                || known.health().isIdle(IDLE, now) && age.compareTo(IDLE) >= 0;
    }

    private void ask(Upstreams.Known known) {
        var settings = known.settings();
        if (settings == null) {
            return;
        }
        if (!settings.isListed()) {
            offered.put(known.name(), ListedModels.named(settings));
            return;
        }
        String error = null;
        try {
            var offers = ListedModels.offers(settings, ModelJson.MAPPER.readTree(list(new UpstreamAddress(settings))));
            offered.put(known.name(), offers);
            known.breaker().answersAgain();
        } catch (IOException | IllegalArgumentException | JacksonException e) {
            error = e instanceof JacksonException ? "it answers with no JSON" : String.valueOf(e.getMessage());
            log.warn("upstream {} does not tell its models: {}", settings, error);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        looks.put(known.name(), new Look(clock.instant(), System.nanoTime(), error));
    }

    private byte[] list(UpstreamAddress address) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address.list()).timeout(patience).header("Accept", "application/json");
        address.listHeaders().forEach(request::header);
        var coming = http.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
        try {
            var answer = coming.get(patience.toMillis(), TimeUnit.MILLISECONDS); // to its end: one that trickles would hold up all others
            if (answer.statusCode() != 200) {
                throw new IOException("it answers with status " + answer.statusCode());
            }
            return answer.body();
        } catch (TimeoutException e) {
            throw new IOException("its list did not come within " + patience, e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            coming.cancel(true);
        }
    }

    /** All of it, whenever something is new, and now and then in any case: whoever comes without a list of the configuration's may have it. */
    private void tell() {
        Map<String, List<Offer>> now = new LinkedHashMap<>(offered);
        var age = Duration.ofNanos(System.nanoTime() - toldNanos);
        if (every == null || hasTold && now.equals(told) && age.compareTo(every) < 0) {
            return;
        }
        try {
            var all = upstreams.all().stream().filter(known -> known.settings() != null).map(Upstreams.Known::name).toList();
            catalog.put().uri("/internal/models/offered").body(new OfferedModels(all, now)).retrieve().toBodilessEntity();
            hasTold = true;
            told = now;
            toldNanos = System.nanoTime();
            log.info("the catalog was told what {} upstreams offer: {} models", now.size(), now.values().stream().mapToInt(List::size).sum());
        } catch (RestClientException e) {
            log.warn("the model catalog does not hear what is offered; it is told again soon: {}", e.getMessage());
        }
    }

    @Override
    public void destroy() {
        http.shutdownNow();
    }
}
