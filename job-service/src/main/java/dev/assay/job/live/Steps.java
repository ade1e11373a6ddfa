// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Steps of runs, read on and on. Only those of transactions older than every one that is still open: before such a place nothing can appear
 * any more, so whoever reads on from there misses nothing and reads nothing twice.
 */
@Repository
class Steps {

    private static final String SELECT =
            """
            select step.xid::text::bigint as xid, step.seq, step.run_id, run.job_id, step.at, step.attempt, step.status, step.cause
            from %s
            where step.xid < pg_snapshot_xmin(pg_current_snapshot())
                and (step.xid, step.seq) > (cast(cast(:xid as text) as xid8), :seq)
            """;

    private static final String IN_ORDER = " order by step.xid, step.seq limit :most";

    private static final String ALL = SELECT.formatted("run_transition step join run on run.id = step.run_id") + IN_ORDER;

    /** Run by run ({@code offset 0} keeps it so): an old place may lie before millions of other people's steps. */
    private static final String OWN = SELECT.formatted(
            "run cross join lateral (select * from run_transition where run_id = run.id offset 0) step");

    private final JdbcClient jdbc;

    Steps(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A step. @param job null: its run has none */
    record Step(Place place, UUID run, @Nullable UUID job, Instant at, int attempt, String status, String cause) {

        boolean isEnd() {
            return status.equals("completed") || status.equals("error") || status.equals("cancelled");
        }
    }

    /** Before which all steps can be read by now. */
    long horizon() {
        return jdbc.sql("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint").query(Long.class).single();
    }

    /** Everybody's steps behind a place. */
    List<Step> after(Place place, int most) {
        return read(ALL, place, most, null);
    }

    /** The same of what somebody watches. */
    List<Step> after(Place place, Topic topic, int most) {
        var own = topic.kind() == Topic.Kind.JOB ? " and run.job_id = :id" : " and run.id = :id";
        return read(OWN + own + IN_ORDER, place, most, topic.id());
    }

    private List<Step> read(String sql, Place place, int most, @Nullable UUID id) {
        return jdbc.sql(sql)
                .param("xid", String.valueOf(place.xid()))
                .param("seq", place.seq())
                .param("most", most)
                .param("id", id)
                .query(Steps::step)
                .list();
    }

    private static Step step(ResultSet row, int number) throws SQLException {
        return new Step(
                new Place(row.getLong("xid"), row.getLong("seq")),
                row.getObject("run_id", UUID.class),
                row.getObject("job_id", UUID.class),
                row.getTimestamp("at").toInstant(),
                row.getInt("attempt"),
                row.getString("status"),
                row.getString("cause"));
    }

    boolean isThere(Topic topic, TeamId team) {
        var table = topic.kind() == Topic.Kind.JOB ? "job" : "run";
        return jdbc.sql("select exists (select from " + table + " where id = :id and team_id = :team)")
                .param("id", topic.id())
                .param("team", team.value())
                .query(Boolean.class)
                .single();
    }

    /** Those in which nothing goes on now. A job without runs has not begun. */
    Set<Topic> over(Collection<Topic> topics) {
        var over = new HashSet<Topic>();
        var jobs = topics.stream().filter(topic -> topic.kind() == Topic.Kind.JOB).map(Topic::id).toList();
        var runs = topics.stream().filter(topic -> topic.kind() == Topic.Kind.RUN).map(Topic::id).toList();
        if (!jobs.isEmpty()) {
            over.addAll(jdbc.sql(
                            """
                            select job_id from tally where group_key = '' and job_id in (:jobs) group by job_id
                            having sum(runs) > 0 and sum(runs) = sum(completed + error + cancelled)
                            """)
                    .param("jobs", jobs)
                    .query((row, number) -> Topic.job(row.getObject(1, UUID.class)))
                    .list());
        }
        if (!runs.isEmpty()) {
            over.addAll(jdbc.sql("select id from run where id in (:runs) and state = 'finished'")
                    .param("runs", runs)
                    .query((row, number) -> Topic.run(row.getObject(1, UUID.class)))
                    .list());
        }
        return over;
    }

    /** Whether it is over, and all steps of it can be read: nothing that could be seen when it was over is still open. */
    boolean isToldOver(Topic topic) {
        return !over(List.of(topic)).isEmpty() && newest() <= horizon();
    }

    /** No transaction that was seen by now is younger. */
    long newest() {
        return jdbc.sql("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint").query(Long.class).single();
    }
}
