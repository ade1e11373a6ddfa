// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.web.TimeLeft;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Whether the attempt that a run's key was made for still holds the run's lease. Known for two seconds after it was asked. Model calls
 * wait for the answer, so it has to come soon, and nobody waits for what is asked about another run.
 */
@Component
public class RunLife {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RestClient jobs;
    private final Cache<RunKey, Boolean> known;
    private final Map<RunKey, CompletableFuture<Boolean>> asking = new ConcurrentHashMap<>();
    private final Cache<RunId, RunPlace> places = Caches.builder().maximumSize(10_000).build();

    RunLife(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.jobs = rest.forService(jobs, "job-service", PATIENCE);
        this.known = Caches.builder().maximumSize(10_000).expireAfterWrite(Duration.ofSeconds(2)).build();
    }

    /** @throws org.springframework.web.client.RestClientException if job-service cannot be asked now */
    public boolean lives(Caller holder) {
        return lives(new RunKey(
                holder.team(), Objects.requireNonNull(holder.run()), Objects.requireNonNull(holder.attempt()), holder.model()));
    }

    /** Whose a run is and of which job, if that was said when its key was asked about: it never changes. */
    public Optional<RunPlace> place(RunId run) {
        return Optional.ofNullable(places.getIfPresent(run));
    }

    boolean lives(RunKey key) {
        var lives = known.getIfPresent(key);
        return lives != null ? lives : together(key);
    }

    /** Asked once for all who want to know. Not by the cache, which lets the askers of different runs wait for each other. */
    private boolean together(RunKey key) {
        var mine = new CompletableFuture<Boolean>();
        var earlier = asking.putIfAbsent(key, mine);
        if (earlier != null) {
            return answerOf(earlier);
        }
        try {
            var lives = TimeLeft.forOthersToo(() -> ask(key));
            known.put(key, lives);
            mine.complete(lives);
            return lives;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            asking.remove(key);
        }
    }

    private static boolean answerOf(CompletableFuture<Boolean> earlier) {
        try {
            return earlier.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    private boolean ask(RunKey key) {
        var answer = jobs.get()
                .uri("/internal/runs/{run}/live?attempt={attempt}", key.run(), key.attempt())
                .retrieve()
                .onStatus(status -> status.isSameCodeAs(HttpStatusCode.valueOf(404)), (request, response) -> {})
                .toEntity(RunLiveness.class);
        var liveness = answer.getBody();
        if (!answer.getStatusCode().is2xxSuccessful() || liveness == null || !liveness.live()) {
            return false;
        }
        if (liveness.job() != null) {
            places.put(key.run(), new RunPlace(key.team(), liveness.job()));
        }
        return true;
    }
}
