// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** When keys were used last: noted in memory, written down once a minute for all of them. A gateway that dies forgets a minute. */
@Component
class KeyUses {

    private static final Logger log = LoggerFactory.getLogger(KeyUses.class);
    /** Nothing holds on to a use for as long: who comes after that gets another. */
    private static final long FORGOTTEN = Duration.ofMinutes(10).toMillis();

    private static final Duration LAST = Duration.ofSeconds(3);

    private final ApiKeys keys;
    private final Clock clock;
    private final Map<UUID, KeyUse> uses = new ConcurrentHashMap<>();

    KeyUses(ApiKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    KeyUse of(UUID key) {
        return uses.computeIfAbsent(key, unused -> new KeyUse());
    }

    /** A gateway that stops does not wait for a database that is away. */
    @PreDestroy
    void writeTheLast() throws InterruptedException {
        Thread.ofVirtual().start(this::write).join(LAST);
    }

    @Scheduled(fixedDelayString = "PT1M", initialDelayString = "PT1M")
    synchronized void write() {
        var news = uses.entrySet().stream()
                .filter(use -> use.getValue().isNews())
                .collect(Collectors.toMap(Map.Entry::getKey, use -> use.getValue().millis()));
        try {
            if (!news.isEmpty()) {
                keys.used(news.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, use -> Instant.ofEpochMilli(use.getValue()))));
            }
            news.forEach((key, until) -> of(key).written(until));
            var old = clock.millis() - FORGOTTEN;
            uses.values().removeIf(use -> !use.isNews() && use.written() > 0 && use.written() < old);
        } catch (DataAccessException | TransactionException e) {
            log.warn("when keys were used last is written down a minute later: {}", e.toString());
        }
    }
}
