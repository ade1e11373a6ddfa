// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of jobs. */
@Repository
public class Jobs {

    private final JdbcClient jdbc;

    Jobs(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes the job if nobody has spoken of it yet: its runs may come before it.
     *
     * @throws Problem 404 if it is another team's
     */
    public void ensure(JobId id, Caller caller) {
        if (!make(id, caller)) {
            requireOwn(id, caller.team());
        }
    }

    /** False if there is one of that id: whoever is just making it is waited for. */
    public boolean make(JobId id, Caller caller) {
        return jdbc.sql(
                        """
                        insert into job (id, team_id, user_id, created_at) values (:id, :team, :user, now())
                        on conflict (id) do nothing
                        """)
                        .param("id", id.value())
                        .param("team", caller.team().value())
                        .param("user", caller.user().value())
                        .update()
                == 1;
    }

    public boolean exists(JobId id) {
        return jdbc.sql("select exists (select from job where id = :id)").param("id", id.value()).query(Boolean.class).single();
    }

    /**
     * How its runs are given out, and tried again.
     *
     * @param maxConcurrent null: as many at once as there are places for
     * @param retry null: as usual
     */
    public void limit(JobId id, int priority, @Nullable Integer maxConcurrent, @Nullable String retry) {
        jdbc.sql("update job set priority = :priority, max_concurrent = :most, retry = :retry where id = :id")
                .param("id", id.value())
                .param("priority", priority)
                .param("most", maxConcurrent)
                .param("retry", retry)
                .update();
    }

    /** @throws Problem 404 if there is no such job, or it is another team's */
    public void requireOwn(JobId id, TeamId team) {
        var own = jdbc.sql("select exists (select from job where id = :id and team_id = :team)")
                .param("id", id.value())
                .param("team", team.value())
                .query(Boolean.class)
                .single();
        if (!own) {
            throw noSuchJob(id);
        }
    }

    /** @throws Problem 404 if the job is another team's; an unknown one may still come */
    public void refuseForeign(JobId id, TeamId team) {
        var foreign = jdbc.sql("select exists (select from job where id = :id and team_id <> :team)")
                .param("id", id.value())
                .param("team", team.value())
                .query(Boolean.class)
                .single();
        if (foreign) {
            throw noSuchJob(id);
        }
    }

    /** What is submitted to it from now on is cancelled as well; submissions that are under way are waited for. */
    public void cancel(JobId id, UserId user) {
        change(id, user, "cancelled", "cancelled_at = now() where id = :id and cancelled_at is null");
    }

    /**
     * The same for all jobs of a user that are going on: those with something to do, and those of the last day, also where nothing is to do
     * at this moment: their next runs may be under way. An old job that is taken up again much later is none that anybody meant to stop.
     */
    public void cancelAllOf(TeamId team, UserId user) {
        jdbc.sql(
                        """
                        with changed as (
                            update job set cancelled_at = now() where id in (
                                select id from job
                                where user_id = :user and team_id = :team and cancelled_at is null and (
                                    created_at > now() - interval '1 day'
                                    or exists (select from run where run.job_id = job.id and run.state in ('queued', 'held')))
                                order by seq for update)
                            returning id)
                        insert into job_change (job_id, user_id, what) select id, :user, 'cancelled' from changed
                        """)
                .param("user", user.value())
                .param("team", team.value())
                .update();
    }

    /** None of its runs is given out any more; those that workers have go on. */
    public void pause(JobId id, UserId user) {
        change(id, user, "paused", "paused_at = now() where id = :id and paused_at is null");
    }

    public void resume(JobId id, UserId user) {
        change(id, user, "resumed", "paused_at = null where id = :id and paused_at is not null");
    }

    /** Somebody wants it to go on: what is submitted to it, or run again, is cancelled no more. */
    public void uncancel(JobId id, UserId user) {
        change(id, user, "reopened", "cancelled_at = null where id = :id and cancelled_at is not null");
    }

    /** Who did it is written down if something changes by it, and only then: told again it is the same. */
    private void change(JobId id, UserId user, String what, String update) {
        jdbc.sql("with changed as (update job set " + update + " returning id)"
                        + " insert into job_change (job_id, user_id, what) select id, :user, :what from changed")
                .param("id", id.value())
                .param("user", user.value())
                .param("what", what)
                .update();
    }

    /**
     * Whether what is submitted to the job is cancelled at once; makes the job if nobody has spoken of it yet. Until the transaction has
     * ended the answer holds: who cancels the job meanwhile waits, and then finds what was submitted.
     *
     * @throws Problem 404 if it is another team's
     */
    public boolean ensureAndAskIfCancelled(JobId id, Caller caller) {
        return isCancelled(id, caller.team()).or(() -> {
            make(id, caller);
            return isCancelled(id, caller.team());
        }).orElseThrow(() -> noSuchJob(id));
    }

    /**
     * Those of them that are there, not cancelled, and that nobody is just changing; and whose each is. Until the transaction has ended
     * whoever cancels one of them waits, and then finds what was submitted.
     */
    public Map<JobId, TeamId> holdOpen(Collection<JobId> ids) {
        var open = new HashMap<JobId, TeamId>();
        jdbc.sql(
                        """
                        select id, team_id from job where id = any(:ids::uuid[]) and cancelled_at is null
                        order by id for share skip locked
                        """)
                .param("ids", ids.stream().map(JobId::value).toArray(UUID[]::new))
                .query(row -> {
                    open.put(new JobId(row.getObject("id", UUID.class)), new TeamId(row.getObject("team_id", UUID.class)));
                });
        return open;
    }

    /** Empty: there is none of that id, or it is another team's. */
    private Optional<Boolean> isCancelled(JobId id, TeamId team) {
        return jdbc.sql("select cancelled_at is not null from job where id = :id and team_id = :team for share")
                .param("id", id.value())
                .param("team", team.value())
                .query(Boolean.class)
                .optional();
    }

    static Problem noSuchJob(JobId id) {
        return Problem.notFound("There is no job " + id + ".");
    }

    /** What a client tells of its job; what it does not tell stays. */
    public void describe(JobId id, @Nullable String name, @Nullable Integer repeats, @Nullable String taskset) {
        jdbc.sql(
                        """
                        update job
                        set name = coalesce(:name, name), repeats = coalesce(:repeats, repeats), taskset_id = coalesce(:taskset, taskset_id)
                        where id = :id
                        """)
                .param("id", id.value())
                .param("name", name)
                .param("repeats", repeats)
                .param("taskset", taskset)
                .update();
    }

    public void nameTaskset(JobId id, String name) {
        jdbc.sql("update job set taskset_name = :name where id = :id")
                .param("id", id.value())
                .param("name", name)
                .update();
    }

    /** The user's jobs with runs that the platform still has to do. */
    public List<JobId> liveOf(TeamId team, UserId user) {
        return jdbc.sql(
                        """
                        select id from job
                        where user_id = :user and team_id = :team and exists (
                            select from run where run.job_id = job.id and run.state in ('queued', 'held') and run.status <> 'cancelling')
                        order by seq
                        """)
                .param("user", user.value())
                .param("team", team.value())
                .query((row, number) -> new JobId(row.getObject("id", UUID.class)))
                .list();
    }
}
