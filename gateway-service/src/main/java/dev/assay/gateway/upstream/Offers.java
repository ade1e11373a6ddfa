// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.internal.OfferedModels;
import dev.assay.contracts.internal.OfferedModels.Offer;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Asks everybody's upstreams what they serve, and tells the catalog. The same question shows whether an upstream that is left alone, or that
 * nobody has called for a while, is there: what it last said stays until it says something else.
 */
@Component
class Offers {

    private static final Logger log = LoggerFactory.getLogger(Offers.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int AT_ONCE = 16;

    private final Upstreams upstreams;
    private final Looks looks;
    private final @Nullable Duration every;
    private final RestClient catalog;
    private Map<String, List<Offer>> told = Map.of();
    private List<String> toldNames = List.of();
    private long toldNanos;
    private boolean hasTold;

    Offers(Upstreams upstreams, Looks looks, OfferSettings settings, InternalRest rest, @Value("${assay.training-url}") String training) {
        this.upstreams = upstreams;
        this.looks = looks;
        this.every = settings.every();
        this.catalog = rest.forService(training, "training-service", PATIENCE);
    }

    @Scheduled(fixedDelay = 15_000)
    void look() {
        if (every == null) {
            return;
        }
        try {
            var all = upstreams.all();
            var now = System.nanoTime();
            try (var asking = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
                all.stream().filter(known -> isDue(known, every, now)).forEach(known -> asking.submit(() -> looks.list(known)));
            }
            tell(upstreams.all());
        } catch (ModelErrorException e) {
            log.warn("nobody knows which upstreams there are, so none is asked what it serves: {}", e.getMessage());
        }
    }

    private static boolean isDue(Upstreams.Known known, Duration every, long now) {
        var settings = known.settings();
        if (settings == null || !settings.isListed()) {
            return settings != null && !settings.models().isEmpty() && known.listing().offers() == null;
        }
        var last = known.listing().look();
        return last == null
                || !last.isYoungerThan(every, now)
                || known.breaker().state() == Breaker.State.OPEN
                || last.error() != null
                || known.health().isIdle(IDLE, now) && !last.isYoungerThan(IDLE, now);
    }

    /** All of it, whenever something is new, and now and then in any case: whoever comes without a list of the configuration's may have it. */
    private void tell(List<Upstreams.Known> all) {
        Map<String, List<Offer>> now = new LinkedHashMap<>();
        var names = new ArrayList<String>();
        for (var known : all) {
            if (known.settings() != null) {
                names.add(known.name());
                Optional.ofNullable(known.listing().offers()).ifPresent(offers -> now.put(known.name(), offers));
            }
        }
        var isFresh = every != null && System.nanoTime() - toldNanos < every.toNanos();
        if (hasTold && isFresh && now.equals(told) && names.equals(toldNames)) {
            return;
        }
        try {
            catalog.put().uri("/internal/models/offered").body(new OfferedModels(null, names, now)).retrieve().toBodilessEntity();
            hasTold = true;
            told = now;
            toldNames = names;
            toldNanos = System.nanoTime();
            log.info("the catalog was told what {} upstreams offer: {} models", now.size(), now.values().stream().mapToInt(List::size).sum());
        } catch (RestClientException e) {
            log.warn("the model catalog does not hear what is offered; it is told again soon: {}", e.getMessage());
        }
    }
}
