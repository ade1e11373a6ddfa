// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.cache.Caches;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Jobs whose calls are recorded or replayed. What was changed here is known at once, what another replica changed within four seconds;
 * while the database cannot be asked it stays what it was.
 */
@Component
class RecordedJobs {

    /** After which a job is over, and nobody asks for it any more. */
    static final Duration KEPT = Duration.ofDays(30);

    private static final Logger log = LoggerFactory.getLogger(RecordedJobs.class);
    /** So long a run that nobody knows may be of a job that was entered; later runs of it are known, or are no runs. */
    private static final Duration LATELY = Duration.ofDays(1);
    private static final Duration REST = Duration.ofSeconds(10);
    private static final int MOST_TEAMS = 10_000;
    private static final int MOST_JOBS = 10_000;

    /**
     * @param jobs what is done with the calls of each
     * @param latest of those with the same recording
     * @param lately whether one was entered within {@link #LATELY}
     * @param replayedLately whether one of those is replayed
     */
    record OfTeam(Map<UUID, Wanted> jobs, Map<Wanted, UUID> latest, boolean lately, boolean replayedLately) {}

    record Entry(UUID jobId, String name, String mode, Instant enteredAt) {}

    private final JdbcClient jdbc;
    private final Clock clock;
    private final LoadingCache<TeamId, OfTeam> known = Caches.builder()
            .maximumSize(MOST_TEAMS)
            .refreshAfterWrite(Duration.ofSeconds(2))
            .expireAfterWrite(Duration.ofSeconds(4))
            .build(this::read);
    private final Cache<TeamId, OfTeam> last =
            Caches.builder().maximumSize(MOST_TEAMS).expireAfterAccess(Duration.ofHours(1)).build();

    /** A database that is away is not waited for by one call after the other. */
    private volatile long restsUntil = System.nanoTime();

    RecordedJobs(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** @throws ModelErrorException 503 if nobody knows */
    OfTeam of(TeamId team) {
        return known.get(team);
    }

    /** From now on. Within a transaction it is {@link #changed} that tells, behind it. */
    void enter(TeamId team, UUID job, Wanted wanted) {
        jdbc.sql("""
                        insert into recording_jobs (team_id, job_id, name, mode, entered_at)
                        values (:team, :job, :name, :mode, :now)
                        on conflict (team_id, job_id) do update
                        set name = excluded.name, mode = excluded.mode, entered_at = excluded.entered_at
                        """)
                .param("team", team.value())
                .param("job", job)
                .param("name", wanted.name())
                .param("mode", wanted.mode().word())
                .param("now", Timestamp.from(clock.instant()))
                .update();
        changed(team);
    }

    Optional<Wanted> find(TeamId team, UUID job) {
        return jdbc.sql("select job_id, name, mode, entered_at from recording_jobs where team_id = :team and job_id = :job")
                .param("team", team.value())
                .param("job", job)
                .query(Entry.class)
                .optional()
                .map(RecordedJobs::wanted);
    }

    /**
     * Those that were entered last first.
     *
     * @param name null: with whichever recording
     * @param job null: all
     */
    List<Entry> list(TeamId team, @Nullable String name, @Nullable UUID job, int most) {
        return jdbc.sql("""
                        select job_id, name, mode, entered_at from recording_jobs
                        where team_id = :team and (:name::text is null or name = :name) and (:job::uuid is null or job_id = :job)
                        order by entered_at desc, job_id limit :most
                        """)
                .param("team", team.value())
                .param("name", name)
                .param("job", job)
                .param("most", most)
                .query(Entry.class)
                .list();
    }

    /** Whoever asks next reads it anew. */
    void changed(TeamId team) {
        known.invalidate(team);
    }

    void leave(TeamId team, UUID job) {
        jdbc.sql("delete from recording_jobs where team_id = :team and job_id = :job")
                .param("team", team.value())
                .param("job", job)
                .update();
        changed(team);
    }

    int sweep(Instant before) {
        return jdbc.sql("delete from recording_jobs where entered_at < :before").param("before", Timestamp.from(before)).update();
    }

    private OfTeam read(TeamId team) {
        var was = last.getIfPresent(team);
        if (was != null && System.nanoTime() - restsUntil < 0) {
            return was;
        }
        try {
            var jobs = new HashMap<UUID, Wanted>();
            var latest = new HashMap<Wanted, UUID>();
            var entries = jdbc.sql("""
                            select job_id, name, mode, entered_at from recording_jobs where team_id = :team
                            order by entered_at desc limit :most
                            """)
                    .param("team", team.value())
                    .param("most", MOST_JOBS)
                    .query(Entry.class)
                    .list();
            entries.forEach(entry -> {
                jobs.put(entry.jobId(), wanted(entry));
                latest.putIfAbsent(wanted(entry), entry.jobId());
            });
            var since = clock.instant().minus(LATELY);
            var lately = entries.stream().filter(entry -> entry.enteredAt().isAfter(since)).toList();
            var replayed = lately.stream().anyMatch(entry -> wanted(entry).mode() == Mode.REPLAY);
            var read = new OfTeam(Map.copyOf(jobs), Map.copyOf(latest), !lately.isEmpty(), replayed);
            last.put(team, read);
            return read;
        } catch (DataAccessException | TransactionException e) {
            log.warn("the recorded jobs of team {} cannot be read: {}", team, e.getMessage());
            restsUntil = System.nanoTime() + REST.toNanos();
            if (was == null) {
                throw new ModelErrorException(
                        ModelError.unavailable("It cannot be told just now whether your calls are recorded. Try again.", 1));
            }
            return was;
        }
    }

    private static Wanted wanted(Entry entry) {
        return new Wanted(Mode.of(entry.mode()).orElseThrow(), entry.name());
    }
}
