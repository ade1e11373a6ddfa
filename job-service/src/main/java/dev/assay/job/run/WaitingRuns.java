// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.JobId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.Waiting.OfRun;
import dev.assay.job.run.Waiting.Present;
import dev.assay.kit.cache.Caches;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What queued runs and sessions wait for. Asked as often as clients poll, and kept for a second: what it costs goes by the number of workers and of held
 * runs, not of those who ask.
 */
@Repository
public class WaitingRuns {

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int MOST_JOBS = 10_000;

    private final JdbcClient jdbc;
    private final PresentWorkers workers;
    private final Reservations reservations;
    private final Flows flows;
    private final ConcurrencyLimits limits;
    private final LoadingCache<Boolean, Present> present = Caches.builder().expireAfterWrite(FRESH).build(any -> look());
    private final LoadingCache<JobId, OfJob> jobs = Caches.builder().maximumSize(MOST_JOBS).expireAfterWrite(FRESH).build(this::job);

    WaitingRuns(JdbcClient jdbc, PresentWorkers workers, Reservations reservations, Flows flows, ConcurrencyLimits limits) {
        this.flows = flows;
        this.jdbc = jdbc;
        this.workers = workers;
        this.reservations = reservations;
        this.limits = limits;
    }

    /** As if a second had passed. */
    public void forget() {
        present.invalidateAll();
        jobs.invalidateAll();
    }

    private record OfJob(boolean paused, @Nullable Integer most) {}

    /**
     * What the run of a job waits for that is given out next; empty: none is queued. In one transaction: so all of it is read with one
     * connection.
     */
    @Transactional(readOnly = true)
    public Optional<Waiting> because(JobId job, TeamId team) {
        return jdbc.sql(
                        """
                        select run.*, now() as database_time, cpus, memory_mb, gpus from run left join run_need on run_id = run.id
                        where team_id = :team and job_id = :job and state = 'queued'
                        order by team_id, job_id, runtime, coalesce(model, ''), coalesce(not_before, '-infinity'::timestamptz), seq limit 1
                        """)
                .param("team", team.value())
                .param("job", job.value())
                .query((row, number) -> because(row, Needs.read(row)))
                .optional();
    }

    /** @param row of a queued run, and the database's time */
    Waiting because(ResultSet row, Needs needs) throws SQLException {
        var job = new JobId(row.getObject("job_id", UUID.class));
        var ofJob = jobs.get(job);
        var run = new OfRun(
                row.getObject("id", UUID.class), new TeamId(row.getObject("team_id", UUID.class)), job, row.getString("runtime"),
                Objects.requireNonNullElse(row.getString("model"), ""), needs, RunRow.instant(row, "not_before"), ofJob.paused(), ofJob.most(), false);
        return Waiting.of(run, present.get(true), Objects.requireNonNull(RunRow.instant(row, "database_time")));
    }

    /** What a queued session waits for. */
    public Waiting because(SessionId session, TeamId team, JobId flow, String runtime, Needs needs, @Nullable Instant notBefore, Instant now) {
        return Waiting.of(new OfRun(session.value(), team, flow, runtime, "", needs, notBefore, false, null, true), present.get(true), now);
    }

    private OfJob job(JobId job) {
        return jdbc.sql("select paused_at is not null as paused, max_concurrent from job where id = :job")
                .param("job", job.value())
                .query((row, number) -> new OfJob(row.getBoolean("paused"), row.getObject("max_concurrent", Integer.class)))
                .optional()
                .orElse(new OfJob(false, null));
    }

    private Present look() {
        var held = new HashMap<Object, Integer>();
        flows.held((team, job, model, pieces) -> {
            held.merge(team, pieces, Integer::sum);
            held.merge(job, pieces, Integer::sum);
            held.merge(model, pieces, Integer::sum);
        });
        var most = limits.now();
        var here = workers.all();
        var kept = Reservation.of(
                reservations.line().aged(), here, team -> held.getOrDefault(team, 0),
                (flow, mostOfJob) -> most.allow(flow, mostOfJob, of -> held.getOrDefault(of, 0)));
        return new Present(here, held, most, kept.orElse(null));
    }
}
