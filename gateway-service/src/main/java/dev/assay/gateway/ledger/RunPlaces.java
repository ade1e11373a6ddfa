// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.gateway.identity.RunLife;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Which team and job a run belongs to. Asking makes no run: whoever names one that there is not has named nothing. That a run is unknown is
 * believed for two seconds only, since a client tells of its runs while their first calls go out.
 */
@Component
public class RunPlaces {

    private static final Logger log = LoggerFactory.getLogger(RunPlaces.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int REMEMBERED = 50_000;
    private static final Duration BELIEVED = Duration.ofSeconds(2);
    /** Before it is believed no more: of a run that calls all the time no call waits for the answer. */
    private static final Duration ASKED_AGAIN = Duration.ofMillis(1500);

    private final RestClient jobs;
    private final RunLife life;
    /** Calls do not wait for it one after the other. */
    private volatile long awayUntil = System.nanoTime();
    private final Cache<RunId, RunPlace> known =
            Caches.builder().maximumSize(REMEMBERED).expireAfterWrite(Duration.ofHours(1)).build();
    /** Also of those that are of no job yet. */
    private final LoadingCache<RunId, Optional<RunPlace>> brief = Caches.builder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(BELIEVED)
            .refreshAfterWrite(ASKED_AGAIN)
            .build(new CacheLoader<>() {
                @Override
                public Optional<RunPlace> load(RunId run) {
                    return look(run);
                }

                /** Null: whoever wants to know next asks, and hears that it cannot be said. */
                @Override
                public @Nullable Optional<RunPlace> reload(RunId run, Optional<RunPlace> last) {
                    try {
                        return look(run);
                    } catch (AwayException e) {
                        return null;
                    }
                }
            });

    RunPlaces(InternalRest rest, @Value("${assay.job-url}") String jobs, RunLife life) {
        this.life = life;
        this.jobs = rest.forService(jobs, "job-service", PATIENCE);
    }

    /** That cannot be asked now. */
    public static final class AwayException extends RuntimeException {
        AwayException() {
            super("job-service cannot be asked where a run belongs");
        }
    }

    /**
     * Empty: there is no such run, or it is another team's.
     *
     * @throws AwayException if that cannot be asked now
     */
    public Optional<RunPlace> find(RunId run, TeamId team) {
        return Optional.ofNullable(known.getIfPresent(run))
                .or(() -> life.place(run))
                .or(() -> brief(run))
                .filter(place -> place.team().equals(team));
    }

    /** The same, whatever was believed a moment ago. */
    public Optional<RunPlace> findAnew(RunId run, TeamId team) {
        brief.invalidate(run);
        return find(run, team);
    }

    /** Nobody waits for another run's answer: what is kept is asked for outside its locks. */
    private Optional<RunPlace> brief(RunId run) {
        var last = brief.getIfPresent(run);
        if (last != null) {
            return last;
        }
        var place = look(run);
        brief.put(run, place);
        return place;
    }

    private Optional<RunPlace> look(RunId run) {
        var place = Optional.ofNullable(ask(run));
        place.filter(found -> found.job() != null).ifPresent(found -> known.put(run, found));
        return place;
    }

    private @Nullable RunPlace ask(RunId run) {
        if (System.nanoTime() - awayUntil < 0) {
            throw new AwayException();
        }
        try {
            var answer = jobs.get()
                    .uri("/internal/runs/{run}/place", run)
                    .retrieve()
                    .onStatus(status -> status.isSameCodeAs(HttpStatusCode.valueOf(404)), (request, response) -> {})
                    .toEntity(RunPlace.class);
            var place = answer.getBody();
            return answer.getStatusCode().is2xxSuccessful() && place != null && place.team() != null ? place : null;
        } catch (RuntimeException e) {
            log.warn("job-service cannot say where run {} belongs: {}", run, e.toString());
            awayUntil = System.nanoTime() + PATIENCE.toNanos();
            throw new AwayException();
        }
    }
}
