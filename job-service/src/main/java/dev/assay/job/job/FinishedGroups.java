// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A job's groups of which nothing is missing any more, in one order that all readers see. */
@Component
class FinishedGroups {

    /** All of a job's groups as they stand now, by what the database has counted. */
    private static final String STANDING =
            """
            standing as (
                select group_key as key, sum(runs) as runs, coalesce(max(ended_at), '-infinity') as ended,
                    sum(runs) >= :size and sum(completed + error + cancelled) = sum(runs) as finished
                from tally where job_id = :job and group_key <> '' group by group_key having sum(runs) > 0)
            """;

    private static final String TOLD =
            "standing join finished_group told on told.job_id = :job and told.group_key = standing.key and told.ended_at = standing.ended";

    /** A group that is finished and has no number yet, or another end than when it got one. */
    private static final String UNTOLD =
            """
            from standing where finished and not exists (
                select from finished_group told where told.job_id = :job and told.group_key = key and told.ended_at = ended)
            """;

    private final JdbcClient jdbc;
    private final JobLists lists;

    FinishedGroups(JdbcClient jdbc, JobLists lists) {
        this.jdbc = jdbc;
        this.lists = lists;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record FinishedGroup(long number, List<JobRunView> runs) {}

    /**
     * @param size how many runs a group has at least
     * @param left how many groups of the job are still to be told behind these
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Finished(List<FinishedGroup> items, int size, long left) {}

    /**
     * @param after the number behind which they are told
     * @param size null: as many as the job was asked for of each task
     * @throws Problem 404 if the team has no such job; 400 if nobody has said how many runs a group has, or fewer than were asked for
     */
    @Transactional
    public Finished after(JobId job, TeamId team, long after, @Nullable Integer size, int most) {
        var least = size(lists.job(job, team).orElseThrow(() -> Jobs.noSuchJob(job)), size);
        number(job, least);
        var numbers = new TreeMap<Long, String>();
        jdbc.sql("with " + STANDING + "select told.number, standing.key from " + TOLD
                        + " where finished and told.number > :after order by told.number limit :most")
                .param("job", job.value())
                .param("size", least)
                .param("after", after)
                .param("most", most)
                .query(row -> {
                    numbers.put(row.getLong("number"), row.getString("key"));
                });
        var runs = lists.allRunsOf(job, numbers.values());
        var groups = new ArrayList<FinishedGroup>();
        numbers.forEach((number, key) -> groups.add(new FinishedGroup(number, runs.getOrDefault(key, List.of()))));
        return new Finished(groups, least, left(job, least, numbers.isEmpty() ? after : numbers.lastKey()));
    }

    private static int size(JobView job, @Nullable Integer told) {
        var asked = job.group();
        if (asked == null && told == null) {
            throw Problem.badRequest("group_size", "required: job " + job.id() + " does not say how many runs a group has");
        }
        if (asked != null && told != null && told < asked) {
            throw Problem.badRequest("group_size", "job " + job.id() + " was asked for " + asked + " runs of each task, which is more");
        }
        return told != null ? told : asked;
    }

    /**
     * Whoever comes second sees what the first has left: {@code now()} and sequences would number in an order that commits do not keep.
     * Most looks find nothing to be numbered, and wait for nobody.
     */
    private void number(JobId job, int size) {
        boolean untold = jdbc.sql("with " + STANDING + "select exists (select " + UNTOLD + ")")
                .param("job", job.value())
                .param("size", size)
                .query(Boolean.class)
                .single();
        if (!untold) {
            return;
        }
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('finished groups of ' || :job, 0))")
                .param("job", job.toString())
                .query(row -> {});
        jdbc.sql("with " + STANDING
                        + """
                        insert into finished_group (job_id, group_key, number, ended_at)
                        select :job, key, row_number() over (order by ended, key)
                            + (select coalesce(max(number), 0) from finished_group where job_id = :job), ended
                        """
                        + UNTOLD
                        + """
                        on conflict (job_id, group_key) do update set number = excluded.number, ended_at = excluded.ended_at
                        """)
                .param("job", job.value())
                .param("size", size)
                .update();
    }

    /** Those that are not finished, and those that are and were not read. */
    private long left(JobId job, int size, long read) {
        return jdbc.sql("with " + STANDING + "select (select count(*) from standing) - (select count(*) from " + TOLD
                        + " where finished and told.number <= :read)")
                .param("job", job.value())
                .param("size", size)
                .param("read", read)
                .query(Long.class)
                .single();
    }
}
