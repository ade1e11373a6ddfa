// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.kit.cache.Caches;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Which attempts of hosted runs are still heard: one that lost its lease is not. An answer is good for two seconds. */
@Component
public class Attempts {

    private static final Duration GOOD_FOR = Duration.ofSeconds(2);
    private static final int MOST = 50_000;

    private record Attempt(RunId run, int number) {}

    private final AskJobs jobs;
    private final Cache<Attempt, Boolean> heard;

    Attempts(AskJobs jobs, Clock clock) {
        this.jobs = jobs;
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
        return jobs.ask(rest -> isLatest(rest, attempt)).orElse(true);
    }

    private static boolean isLatest(RestClient jobs, Attempt attempt) {
        try {
            var answer = jobs.get()
                    .uri("/internal/runs/{run}/live?attempt={attempt}", attempt.run(), attempt.number())
                    .retrieve()
                    .body(RunLiveness.class);
            return answer == null || answer.latest();
        } catch (HttpClientErrorException.NotFound e) {
            return false;
        }
    }
}
