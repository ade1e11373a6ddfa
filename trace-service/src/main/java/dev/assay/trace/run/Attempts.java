// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.rest.InternalRest;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Which attempts of hosted runs are still heard: one that lost its lease is not. An answer is good for two seconds. */
@Component
public class Attempts {

    private static final Logger log = LoggerFactory.getLogger(Attempts.class);
    private static final Duration GOOD_FOR = Duration.ofSeconds(2);
    private static final int MOST = 50_000;
    /** An upload waits for the answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private record Attempt(RunId run, int number) {}

    private final RestClient jobs;
    private final Cache<Attempt, Boolean> heard;

    Attempts(InternalRest rest, @Value("${assay.job-url}") String jobUrl, Clock clock) {
        this.jobs = rest.forService(jobUrl, "job-service", PATIENCE);
        Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
        this.heard = Caches.builder().maximumSize(MOST).expireAfterWrite(GOOD_FOR).ticker(ticker).build();
    }

    /**
     * Whether what this attempt says still counts. While job-service cannot be asked it does: spans are not refused for that, and a
     * timeline tells only the latest attempt anyway.
     */
    public boolean isHeard(RunId run, int attempt) {
        return heard.get(new Attempt(run, attempt), this::ask);
    }

    private boolean ask(Attempt attempt) {
        try {
            var answer = jobs.get()
                    .uri("/internal/runs/{run}/live?attempt={attempt}", attempt.run(), attempt.number())
                    .retrieve()
                    .body(RunLiveness.class);
            return answer == null || answer.latest();
        } catch (HttpClientErrorException.NotFound e) {
            return false;
        } catch (RuntimeException e) {
            log.warn("job-service cannot say which attempt of run {} is the latest: {}", attempt.run(), e.toString());
            return true;
        }
    }
}
