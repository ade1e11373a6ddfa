// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.web.TimeLeft;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Asks job-service what an upload waits for, and which is taken without the answer if there is none soon. Once it did not answer, one
 * upload in a while asks again, and the others do not wait.
 */
@Component
class AskJobs {

    private static final Logger log = LoggerFactory.getLogger(AskJobs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration REST = Duration.ofSeconds(5);

    private final RestClient jobs;
    private final Clock clock;
    /** When it is asked again; null: it answers. */
    private final AtomicReference<@Nullable Instant> restsUntil = new AtomicReference<>();

    AskJobs(InternalRest rest, @Value("${assay.job-url}") String url, Clock clock) {
        this.jobs = rest.forService(url, "job-service", PATIENCE);
        this.clock = clock;
    }

    /** Its answer; empty while it cannot be asked. */
    <T> Optional<T> ask(Function<RestClient, @Nullable T> question) {
        var now = clock.instant();
        var until = restsUntil.get();
        if (until != null && (now.isBefore(until) || !restsUntil.compareAndSet(until, now.plus(REST)))) {
            return Optional.empty();
        }
        try {
            var answer = TimeLeft.forOthersToo(() -> question.apply(jobs));
            restsUntil.set(null);
            return Optional.ofNullable(answer);
        } catch (RuntimeException e) {
            // whatever it is, also on this side: a question that cannot be asked is one that is not answered
            log.warn("job-service cannot be asked about runs: {}", e.toString());
            restsUntil.set(clock.instant().plus(REST));
            return Optional.empty();
        }
    }
}
