// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.run.RunState.Held;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Runs that are begun inside a run that the platform drives: the root. Its key, which strangers' code holds, tells of those and of nothing
 * else, as long as its attempt holds the root's lease; and of so many only, in jobs that the same key made.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class NestedRuns {

    private final Runs runs;
    private final JdbcClient jdbc;
    private final NestedSettings settings;
    private final SessionKeys sessions;

    NestedRuns(Runs runs, JdbcClient jdbc, NestedSettings settings, SessionKeys sessions) {
        this.sessions = sessions;
        this.runs = runs;
        this.jdbc = jdbc;
        this.settings = settings;
    }

    /**
     * Where a run stands below its root.
     *
     * @param parent null: it is known already
     */
    public record Place(RunId run, RunId root, @Nullable RunId parent, int depth) {}

    /**
     * Where a run stands that the holder of the root's key begins, or begins again. Nobody else begins one there until the transaction ends.
     *
     * @param parent as it was told; null: the root itself
     * @throws Problem 403, 404 or 409 if that key does not tell of it, 429 if it is just telling of another
     */
    public Place begins(RunId run, @Nullable RunId parent, Caller caller) {
        var root = holding(caller);
        var known = find(run);
        if (known.isPresent()) {
            return known.filter(place -> place.root().equals(root)).orElseThrow(() -> notBegunInside(run, root));
        }
        if (runs.find(run).isPresent()) {
            throw notBegunInside(run, root);
        }
        if (parent == null || parent.equals(root) || parent.equals(run)) {
            return new Place(run, root, root, 1);
        }
        var above = find(parent).filter(place -> place.root().equals(root)).orElseThrow(() -> Problem.forbidden(
                "parent_trace_id: this key tells of runs that were begun inside run " + root + "; run " + parent + " is none of them."));
        if (above.depth() >= settings.deepest()) {
            throw Problem.conflict("parent_trace_id: run " + parent + " is " + above.depth() + " deep inside run " + root
                    + "; none is begun deeper than that.");
        }
        return new Place(run, root, parent, above.depth() + 1);
    }

    /** To be told once the run itself is there. */
    public void save(Place place) {
        jdbc.sql("insert into nested_run (run_id, root_id, depth) values (:run, :root, :depth) on conflict do nothing")
                .param("run", place.run().value())
                .param("root", place.root().value())
                .param("depth", place.depth())
                .update();
        refuseMore("select count(*) from nested_run where root_id = :root", place.root(), "runs");
    }

    /**
     * A job for such runs: the key's own, which is made if nobody has spoken of it. It is of whoever submitted the root.
     *
     * @throws Problem 404 if it is any other
     */
    public void ensureJob(JobId job, Caller caller) {
        var root = holding(caller);
        jdbc.sql(
                        """
                        insert into job (id, team_id, user_id, root_id, created_at)
                        select :job, run.team_id, job.user_id, run.id, now() from run join job on job.id = run.job_id where run.id = :root
                        on conflict (id) do nothing
                        """)
                .param("job", job.value())
                .param("root", root.value())
                .update();
        var own = jdbc.sql("select exists (select from job where id = :job and root_id = :root)")
                .param("job", job.value())
                .param("root", root.value())
                .query(Boolean.class)
                .single();
        if (!own) {
            throw Problem.notFound("There is no job " + job + " that was begun inside run " + root + ".");
        }
        refuseMore("select count(*) from job where root_id = :root", root, "jobs");
    }

    /** @throws Problem 403, 404 or 409 if the caller's key does not tell of that run's end */
    public void requireOwn(RunId run, Caller caller) {
        var root = holding(caller);
        find(run).filter(place -> place.root().equals(root)).orElseThrow(() -> notBegunInside(run, root));
    }

    @Transactional(propagation = Propagation.SUPPORTS, readOnly = true)
    boolean isInside(RunId run, RunId root) {
        return find(run).filter(place -> place.root().equals(root)).isPresent();
    }

    /**
     * The root, locked: one after the other is begun inside it, and none once its attempt is over. Nobody waits for it: those who wait
     * would hold the connections that everybody else's runs need.
     *
     * @throws Problem 429 if somebody else is at it
     */
    private RunId holding(Caller caller) {
        var root = Objects.requireNonNull(caller.run());
        var attempt = caller.attempt();
        var holds = attempt != null
                && locked(root)
                        .filter(run -> run.team().equals(caller.team()))
                        .filter(run -> run.state() instanceof Held held && held.numbers().fence() == attempt
                                && run.readAt().isBefore(held.expires()))
                        .isPresent();
        if (!holds && sessions.held(root, Objects.requireNonNullElse(attempt, 0)).isPresent()) {
            throw Problem.forbidden("This key is a runtime session's: it begins no runs.");
        }
        if (!holds) {
            throw Problem.forbidden("The attempt of run " + root + " that this key was made for has ended.");
        }
        return root;
    }

    private Optional<Run> locked(RunId root) {
        var locked = runs.lockUnlessBusy(root);
        if (locked.isEmpty() && runs.find(root).isPresent()) {
            throw Problem.tooMany("Another run is just being told of with this key. Try again.", 1);
        }
        return locked;
    }

    private Optional<Place> find(RunId run) {
        return jdbc.sql("select root_id, depth from nested_run where run_id = :run")
                .param("run", run.value())
                .query((row, number) -> new Place(run, new RunId(row.getObject("root_id", UUID.class)), null, row.getInt("depth")))
                .optional();
    }

    /** Counted with the new one, which is not kept then. */
    private void refuseMore(String count, RunId root, String what) {
        if (jdbc.sql(count).param("root", root.value()).query(Long.class).single() > settings.most()) {
            throw Problem.conflict("Run " + root + " has begun " + settings.most() + " " + what + ", and more are not taken.");
        }
    }

    private static Problem notBegunInside(RunId run, RunId root) {
        return Problem.notFound("There is no run " + run + " that was begun inside run " + root + ".");
    }
}
