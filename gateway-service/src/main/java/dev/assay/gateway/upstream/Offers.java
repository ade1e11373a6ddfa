// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.Everybody;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Asks everybody's upstreams what they serve, and tells the catalog. The same question shows whether an upstream that is left alone, or that
 * nobody has called for a while, is there: what it last said stays until it says something else.
 */
@Component
class Offers {

    private static final Logger log = LoggerFactory.getLogger(Offers.class);

    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int AT_ONCE = 16;

    private final Upstreams upstreams;
    private final Looks looks;
    private final @Nullable Duration every;
    private final ToldOffers told;

    Offers(Upstreams upstreams, Looks looks, OfferSettings settings, ToldOffers told) {
        this.upstreams = upstreams;
        this.looks = looks;
        this.every = settings.every();
        this.told = told;
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
            told.tell(Everybody.TEAM, upstreams.all().stream().filter(known -> known.settings() != null).toList(), every);
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
}
