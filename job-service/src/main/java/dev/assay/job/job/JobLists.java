// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.job.GroupView.GroupRun;
import dev.assay.job.job.GroupView.Groups;
import dev.assay.job.job.Page.Placed;
import dev.assay.job.run.Retries;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Jobs, their runs and their groups, as lists. Counts are kept by the database as runs change (see the migration): no page counts rows,
 * and none costs more than what stands on it.
 */
@Repository
class JobLists {

    /** More of a text than this is read with the run itself. */
    private static final int LONGEST_TEXT = 1000;

    private static final int RUNS_OF_A_GROUP = 64;

    static final String CURSOR_OF_GROUPS = "^([0-9a-f]{2}){1,600}$";

    private static final String JOBS =
            """
            select job.id, job.name, job.repeats, job.taskset_id, job.taskset_name, job.root_id, job.created_at, job.seq, job.priority,
                job.max_concurrent, job.retry, job.paused_at, runs.*
            from job
            cross join lateral (
                select %s, min(started_at) as started, max(ended_at) as ended
                from tally where tally.job_id = job.id and tally.group_key = ''
            ) runs
            """.formatted(Counts.SUMS);

    private static final String RUN =
            """
            id, status, reward, started_at, created_at, ended_at, left(error, :longest) as error, failure_kind, failure_phase, slug,
            group_id, model, attempt, environment, left(stop_reason, :longest) as stop_reason
            """;

    private final JdbcClient jdbc;

    JobLists(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Page<JobView> jobs(TeamId team, @Nullable String taskset, Page.Wanted wanted) {
        var chosen = taskset == null ? "" : " and taskset_id is not null and md5(taskset_id) = md5(:taskset) and taskset_id = :taskset";
        var rows = jdbc.sql(JOBS
                        + """
                        where job.id in (
                            select id from job where team_id = :team and seq < :before%s
                            order by seq desc limit :limit offset :offset)
                        order by job.seq desc
                        """.formatted(chosen))
                .param("team", team.value())
                .param("taskset", taskset)
                .param("before", wanted.before())
                .param("limit", wanted.limit() + 1)
                .param("offset", wanted.offset())
                .query((row, number) -> new Placed<>(row.getLong("seq"), job(row, number)))
                .list();
        var total = jdbc.sql(
                        """
                        select coalesce(sum(jobs), 0) from job_total
                        where team_id = :team and taskset_key = case when cast(:taskset as text) is null then '' else md5(:taskset) end
                        """)
                .param("team", team.value())
                .param("taskset", taskset)
                .query(Long.class)
                .single();
        return Page.of(rows, total, wanted);
    }

    Optional<JobView> job(JobId id, TeamId team) {
        return jdbc.sql(JOBS + " where job.id = :id and job.team_id = :team")
                .param("id", id.value())
                .param("team", team.value())
                .query(JobLists::job)
                .optional();
    }

    Page<JobRunView> runs(JobId job, @Nullable Standing standing, Page.Wanted wanted) {
        var rows = jdbc.sql(
                        """
                        select seq, %s
                        from run
                        where id in (
                            select id from run where job_id = :job and seq < :before%s order by seq desc limit :limit offset :offset)
                        order by seq desc
                        """.formatted(RUN, standing == null ? "" : " and " + standing.condition()))
                .param("job", job.value())
                .param("before", wanted.before())
                .param("limit", wanted.limit() + 1)
                .param("offset", wanted.offset())
                .param("longest", LONGEST_TEXT)
                .query((row, number) -> new Placed<>(row.getLong("seq"), run(row)))
                .list();
        var counts = counts(job);
        return Page.of(rows, standing == null ? counts.runCount() : counts.of(standing), wanted);
    }

    private Counts counts(JobId job) {
        return jdbc.sql("select " + Counts.SUMS + " from tally where job_id = :job and group_key = ''")
                .param("job", job.value())
                .query((row, number) -> Counts.read(row))
                .single();
    }

    /** A group with the key that it is sorted by. */
    private record Keyed(String key, @Nullable String slug, @Nullable String group, Counts counts) {}

    /** The first runs of a group, and which version of its task the very first is of. */
    private record Begun(@Nullable UUID version, List<GroupRun> runs) {

        static final Begun NOTHING = new Begun(null, List.of());
    }

    /** By the name of the task. A group that has lost its runs to another has a place in the list, but is not shown. */
    Groups groups(JobId job, @Nullable String cursor, int limit) {
        var found = jdbc.sql(
                        """
                        with page as (
                            (select group_key from tally_sum where job_id = :job and group_key > :after order by group_key limit :limit)
                            union
                            select group_key from tally_change where job_id = :job and group_key > :after
                            order by group_key limit :limit
                        )
                        select page.group_key, counts.* from page
                        cross join lateral (
                            select max(slug) as slug, max(group_id) as group_id, %s
                            from tally where job_id = :job and tally.group_key = page.group_key
                        ) counts
                        order by page.group_key
                        """.formatted(Counts.SUMS))
                .param("job", job.value())
                .param("after", cursor == null ? "" : Page.Cursor.read(cursor, JobLists::decoded))
                .param("limit", limit + 1)
                .query((row, number) ->
                        new Keyed(row.getString("group_key"), row.getString("slug"), row.getString("group_id"), Counts.read(row)))
                .list();
        var shown = found.size() > limit ? found.subList(0, limit) : found;
        var runs = runsOf(job, shown.stream().map(Keyed::key).toList());
        var items = shown.stream()
                .filter(group -> group.counts().runCount() > 0)
                .map(group -> {
                    var begun = runs.getOrDefault(group.key(), Begun.NOTHING);
                    return new GroupView(group.slug(), group.group(), begun.version(), group.counts(), begun.runs());
                })
                .toList();
        return new Groups(items, limit, found.size() > limit ? encoded(shown.getLast().key()) : null);
    }

    private Map<String, Begun> runsOf(JobId job, List<String> keys) {
        var groups = new LinkedHashMap<String, Begun>();
        jdbc.sql(
                        """
                        select wanted.key, first.*,
                            case when first.number = 1 then (select task_version_id from run_spec where run_id = first.id) end as version
                        from unnest(:keys) as wanted (key)
                        cross join lateral (
                            select id, status, reward, row_number() over (order by seq) as number from run
                            where job_id = :job and group_key(slug, group_id) collate "C" = wanted.key order by seq limit :most
                        ) first
                        order by wanted.key, first.number
                        """)
                .param("keys", keys.toArray(String[]::new))
                .param("job", job.value())
                .param("most", RUNS_OF_A_GROUP)
                .query(row -> {
                    var version = row.getObject("version", UUID.class);
                    groups.computeIfAbsent(row.getString("key"), key -> new Begun(version, new ArrayList<>()))
                            .runs()
                            .add(new GroupRun(
                                    new RunId(row.getObject("id", UUID.class)),
                                    row.getString("status"),
                                    row.getObject("reward", Double.class)));
                });
        return groups;
    }

    /** In the order in which they came. */
    Map<String, List<JobRunView>> allRunsOf(JobId job, Collection<String> groups) {
        var runs = new LinkedHashMap<String, List<JobRunView>>();
        jdbc.sql("select group_key(slug, group_id) as key, " + RUN
                        + " from run where job_id = :job and group_key(slug, group_id) collate \"C\" = any(:keys) order by seq")
                .param("job", job.value())
                .param("keys", groups.toArray(String[]::new))
                .param("longest", LONGEST_TEXT)
                .query(row -> {
                    runs.computeIfAbsent(row.getString("key"), key -> new ArrayList<>()).add(run(row));
                });
        return runs;
    }

    private static String encoded(String key) {
        return HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
    }

    /** Whatever it is, there are groups behind it or there are none; but no text of the database holds a NUL. */
    private static String decoded(String cursor) {
        return new String(HexFormat.of().parseHex(cursor), StandardCharsets.UTF_8).replace('\0', '\1');
    }

    private static @Nullable Map<String, Integer> retry(@Nullable String told) {
        var most = new TreeMap<String, Integer>();
        Retries.read(told).most().forEach((kind, number) -> most.put(kind.wire(), number));
        return most.isEmpty() ? null : most;
    }

    private static JobView job(ResultSet row, int number) throws SQLException {
        var counts = Counts.read(row);
        var root = row.getObject("root_id", UUID.class);
        return new JobView(
                new JobId(row.getObject("id", UUID.class)),
                row.getString("name"),
                row.getString("taskset_id"),
                row.getString("taskset_name"),
                row.getObject("repeats", Integer.class),
                counts.status(),
                root == null ? null : new RunId(root),
                row.getInt("priority"),
                row.getObject("max_concurrent", Integer.class),
                retry(row.getString("retry")),
                instant(row, "paused_at"),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "started"),
                counts.over() == counts.runCount() ? instant(row, "ended") : null,
                null,
                null,
                counts);
    }

    private static JobRunView run(ResultSet row) throws SQLException {
        return new JobRunView(
                new RunId(row.getObject("id", UUID.class)),
                row.getString("status"),
                row.getObject("reward", Double.class),
                instant(row, "started_at"),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "ended_at"),
                row.getString("error"),
                row.getString("failure_kind"),
                row.getString("failure_phase"),
                row.getString("slug"),
                row.getString("group_id"),
                row.getString("model"),
                row.getInt("attempt"),
                row.getString("environment"),
                row.getString("stop_reason"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
