// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Reservation.Aged;
import dev.assay.job.run.Reservation.PassedOver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** What was passed over for want of room, and since when. */
@Repository
class Reservations {

    /** For so long others may go first: they use what is free, and room often comes by itself. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final JdbcClient jdbc;

    Reservations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param known all that were passed over and have not been given out since
     * @param aged those of them that have waited for too long and may begin now, the longest first
     */
    record Line(Set<UUID> known, List<Aged> aged) {}

    /** Runs and sessions together: they share the room. Mostly there is none. */
    Line line() {
        var known = new HashSet<UUID>();
        var aged = new ArrayList<Aged>();
        jdbc.sql(
                        """
                        select passed_over.*, job.max_concurrent, session.id is not null as session,
                            since <= now() - make_interval(secs => :patience) and job.paused_at is null
                                and coalesce(run.state, session.state) = 'queued'
                                and coalesce(run.not_before, session.not_before, '-infinity'::timestamptz) <= now() as aged
                        from passed_over
                        left join job on job.id = passed_over.job_id
                        left join run on run.id = passed_over.id
                        left join session on session.id = passed_over.id
                        order by kept_at nulls last, since, passed_over.id
                        """)
                .param("patience", PATIENCE.toSeconds())
                .query(row -> {
                    known.add(row.getObject("id", UUID.class));
                    if (row.getBoolean("aged")) {
                        aged.add(aged(row));
                    }
                });
        return new Line(known, aged);
    }

    private static Aged aged(ResultSet row) throws SQLException {
        var work = new PassedOver(
                row.getObject("id", UUID.class),
                new Flow(
                        new TeamId(row.getObject("team_id", UUID.class)), new JobId(row.getObject("job_id", UUID.class)), row.getString("runtime"),
                        row.getString("model")),
                Needs.read(row));
        return new Aged(work, row.getBoolean("session"), row.getObject("kept_at") != null, row.getObject("max_concurrent", Integer.class));
    }

    /** Whoever was passed over before keeps that time; whoever has been given out waits no more. Mostly there is nothing to write. */
    void write(Set<UUID> known, Collection<PassedOver> passedOver, Collection<UUID> givenOut) {
        var gone = givenOut.stream().filter(known::contains).toList();
        var all = passedOver.stream().filter(one -> !known.contains(one.id())).toList();
        if (gone.isEmpty() && all.isEmpty()) {
            return;
        }
        jdbc.sql(
                        """
                        with given_out as (delete from passed_over where id = any(:given::uuid[]))
                        insert into passed_over (id, team_id, job_id, runtime, model, cpus, memory_mb, gpus, since)
                        select *, now() from unnest(:ids::uuid[], :teams::uuid[], :jobs::uuid[], :runtimes::text[], :models::text[],
                            :cpus::float8[], :memory::bigint[], :gpus::integer[])
                        on conflict (id) do nothing
                        """)
                .param("given", gone.toArray(UUID[]::new))
                .param("ids", column(all, PassedOver::id).toArray(UUID[]::new))
                .param("teams", column(all, one -> one.flow().team().value()).toArray(UUID[]::new))
                .param("jobs", column(all, one -> one.flow().job().value()).toArray(UUID[]::new))
                .param("runtimes", column(all, one -> one.flow().runtime()).toArray(String[]::new))
                .param("models", column(all, one -> one.flow().model()).toArray(String[]::new))
                .param("cpus", column(all, one -> one.needs().cpus()).toArray(Double[]::new))
                .param("memory", column(all, one -> one.needs().memoryMb()).toArray(Long[]::new))
                .param("gpus", column(all, one -> one.needs().gpus()).toArray(Integer[]::new))
                .update();
    }

    /** From now on it comes first, and nobody else for whom room was kept before. */
    void keep(UUID work) {
        jdbc.sql(
                        """
                        update passed_over set kept_at = case when id = :work then now() end
                        where id = :work and kept_at is null or id <> :work and kept_at is not null
                        """)
                .param("work", work)
                .update();
    }

    private static <T> List<T> column(List<PassedOver> all, Function<PassedOver, T> value) {
        return all.stream().map(value).toList();
    }

    /** What was cancelled, or ended otherwise, while it waited. */
    @Scheduled(fixedDelayString = "PT1H")
    void forget() {
        jdbc.sql(
                        """
                        delete from passed_over
                        where not exists (select from run where run.id = passed_over.id and state = 'queued')
                            and not exists (select from session where session.id = passed_over.id and state = 'queued')
                        """)
                .update();
    }
}
