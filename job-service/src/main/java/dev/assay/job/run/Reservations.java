// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Reservation.PassedOver;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** What was passed over for want of room, and since when. */
@Repository
class Reservations {

    /** For so long others may go first: they use what is free, and room often comes by itself. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int MOST = 200;

    private final JdbcClient jdbc;
    private final PresentWorkers workers;

    Reservations(JdbcClient jdbc, PresentWorkers workers) {
        this.jdbc = jdbc;
        this.workers = workers;
    }

    /** Of runs and sessions together: they share the room. */
    Optional<Reservation> current(Predicate<PassedOver> mayBegin) {
        var waiting = waiting();
        return waiting.isEmpty() ? Optional.empty() : Reservation.of(waiting, workers.all(), mayBegin);
    }

    private List<PassedOver> waiting() {
        return jdbc.sql(
                        """
                        select passed_over.*, job.max_concurrent from passed_over left join job on job.id = passed_over.job_id
                        where since <= now() - make_interval(secs => :patience) and job.paused_at is null and (
                            exists (
                                select from run where run.id = passed_over.id and state = 'queued'
                                    and coalesce(not_before, '-infinity'::timestamptz) <= now())
                            or exists (
                                select from session where session.id = passed_over.id and state = 'queued'
                                    and coalesce(not_before, '-infinity'::timestamptz) <= now()))
                        order by since, passed_over.id limit :most
                        """)
                .param("patience", PATIENCE.toSeconds())
                .param("most", MOST)
                .query((row, number) -> new PassedOver(
                        row.getObject("id", UUID.class),
                        new Flow(
                                new TeamId(row.getObject("team_id", UUID.class)), new JobId(row.getObject("job_id", UUID.class)),
                                row.getString("runtime"), row.getString("model")),
                        Needs.read(row),
                        row.getObject("max_concurrent", Integer.class)))
                .list();
    }

    /** Whoever was passed over before keeps that time; whoever has been given out waits no more. */
    void write(Collection<PassedOver> passedOver, Collection<UUID> givenOut) {
        if (passedOver.isEmpty() && givenOut.isEmpty()) {
            return;
        }
        var all = List.copyOf(passedOver);
        jdbc.sql(
                        """
                        with given_out as (delete from passed_over where id = any(:given::uuid[]))
                        insert into passed_over
                        select *, now() from unnest(:ids::uuid[], :teams::uuid[], :jobs::uuid[], :runtimes::text[], :models::text[],
                            :cpus::float8[], :memory::bigint[], :gpus::integer[])
                        on conflict (id) do nothing
                        """)
                .param("given", givenOut.toArray(UUID[]::new))
                .param("ids", column(all, PassedOver::work).toArray(UUID[]::new))
                .param("teams", column(all, one -> one.flow().team().value()).toArray(UUID[]::new))
                .param("jobs", column(all, one -> one.flow().job().value()).toArray(UUID[]::new))
                .param("runtimes", column(all, one -> one.flow().runtime()).toArray(String[]::new))
                .param("models", column(all, one -> one.flow().model()).toArray(String[]::new))
                .param("cpus", column(all, one -> one.needs().cpus()).toArray(Double[]::new))
                .param("memory", column(all, one -> one.needs().memoryMb()).toArray(Long[]::new))
                .param("gpus", column(all, one -> one.needs().gpus()).toArray(Integer[]::new))
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
