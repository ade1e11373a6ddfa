// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.job.RunningJobService;
import dev.assay.job.run.Ending;
import dev.assay.job.run.LiveRuns;
import dev.assay.job.run.Queue;
import dev.assay.job.run.Retries;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.RunResult;
import dev.assay.job.run.RunState.Terms;
import dev.assay.job.run.RunStatus;
import dev.assay.kit.signal.Dispatcher.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Whoever changes runs, of whatever jobs and in whatever order, waits for nobody because of the counts; and these are right at any time. */
@RunningJobService
class TallyTests {

    static final int ROUNDS = 200;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    RunChanges changes;

    @Autowired
    LiveRuns live;

    @Autowired
    Queue queue;

    @Autowired
    Tallies tallies;

    final TeamId team = TeamId.random();
    final List<JobId> jobs = List.of(JobId.random(), JobId.random(), JobId.random());

    @Test
    void whoSubmitsCancelsSweepsAndFinishesAtOnceNeverWaitsInACircleAndEveryCountIsRight() throws Exception {
        var actors = Stream.<Consumer<Random>>of(
                this::submitSeveral, this::submitSeveral, this::cancel, this::cancel, this::sweep, this::sweep,
                this::finishOne, this::finishOne, this::driveSome, this::countAgain, random -> tallies.addUp());
        var seed = UUID.randomUUID().getMostSignificantBits();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // whatever the database refuses, a deadlock above all, is thrown at the one who asked, and ends up here
            var all = new ArrayList<Future<?>>();
            actors.forEach(actor -> {
                var random = new Random(seed + all.size());
                all.add(threads.submit(() -> {
                    for (var round = 0; round < ROUNDS; round++) {
                        actor.accept(random);
                    }
                }));
            });
            for (var one : all) {
                one.get();
            }
        }
        countAgain(null);
        tallies.addUp();
        countAgain(null);
        assertThat(jdbc.sql("select count(*) from tally_change").query(Long.class).single()).as("left to add up").isZero();
        assertThat(jdbc.sql("select count(distinct status) from run where team_id = :team")
                        .param("team", team.value())
                        .query(Long.class)
                        .single())
                .as("how many ends there are")
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void thoseWhoChangeTheSameGroupsInOppositeOrderEndAtTheSameMoment() throws Exception {
        var many = 8;
        var ready = new CyclicBarrier(many);
        try (var threads = Executors.newFixedThreadPool(many)) {
            var all = new ArrayList<Callable<Void>>();
            for (var number = 0; number < many; number++) {
                var order = number % 2 == 0 ? "asc" : "desc";
                all.add(() -> {
                    transactions.executeWithoutResult(status -> {
                        insertInGroups(order);
                        await(ready);
                    });
                    return null;
                });
            }
            for (var one : threads.invokeAll(all)) {
                one.get();
            }
        }
        countAgain(null);
    }

    private static void await(CyclicBarrier ready) {
        try {
            ready.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    private void insertInGroups(String order) {
        jdbc.sql(
                        """
                        insert into run (id, team_id, job_id, group_id, state, status, ended_by, reward, revision, created_at)
                        select gen_random_uuid(), :team, :job, mod(n, 50), 'finished', 'completed', 'client', 0.5, 1, now()
                        from generate_series(1, 500) as n order by mod(n, 50) %s
                        """.formatted(order))
                .param("team", team.value())
                .param("job", jobs.getFirst().value())
                .update();
    }

    /** Runs of several jobs and groups in one transaction, in no order. */
    private void submitSeveral(Random random) {
        transactions.executeWithoutResult(status -> {
            for (var number = 0; number < 6; number++) {
                changes.tell(new RunId(UUID.randomUUID()), team, facts(random), new RunCommand.Submit(false));
            }
        });
    }

    private void cancel(Random random) {
        live.cancelSome(any(random), UserId.random());
    }

    private void sweep(Random random) {
        jdbc.sql(
                        """
                        update run set lease_expires_at = now() where id in (
                            select id from run where state = 'held' order by md5(id::text || :round) limit 5 for update skip locked)
                        """)
                .param("round", random.nextInt())
                .update();
        queue.sweepLeases();
        queue.sweepSilent();
    }

    private void finishOne(Random random) {
        var question = new Question("w", UUID.randomUUID(), 1, Set.of());
        var terms = new Terms(Duration.ofHours(1), Retries.USUAL);
        var given = queue.give(List.of(question), runs -> runs.stream().collect(Collectors.toMap(run -> run, run -> terms)));
        given.answers().getOrDefault(question, List.of()).forEach(run -> {
            if (random.nextBoolean()) {
                var ending = new Ending(RunStatus.COMPLETED, "done", null, random.nextInt(5) / 4.0);
                tell(run.id(), new RunCommand.Report("w", run.state().numbers().fence(), ending));
            } else if (random.nextBoolean()) {
                var kind = Kind.values()[random.nextInt(Kind.values().length)];
                var ending = Ending.failed(new Failure(kind, null, "no"), null);
                tell(run.id(), new RunCommand.Report("w", run.state().numbers().fence(), ending));
            } else if (random.nextBoolean()) {
                tell(run.id(), new RunCommand.Release("w", run.state().numbers().fence(), random.nextBoolean() ? "lost" : null));
            }
        });
    }

    private void tell(RunId run, RunCommand command) {
        transactions.executeWithoutResult(status -> changes.tell(run, RunFacts.NONE, command, RunResult.NONE));
    }

    /** What a client drives comes without its job first, ends, and begins again. */
    private void driveSome(Random random) {
        var runs = Stream.generate(() -> new RunId(UUID.randomUUID())).limit(3).toList();
        var ending = new Ending(RunStatus.COMPLETED, null, null, random.nextInt(5) / 4.0);
        for (var command : List.of(new RunCommand.Enter(), new RunCommand.Exit(ending), new RunCommand.Enter())) {
            transactions.executeWithoutResult(status -> runs.forEach(
                    run -> changes.tell(run, team, command instanceof RunCommand.Exit ? facts(random) : RunFacts.NONE, command)));
        }
    }

    private RunFacts facts(Random random) {
        var group = "g" + random.nextInt(3);
        return new RunFacts(any(random), null, null, group, "task " + group, "env", "task", null, null, null);
    }

    private JobId any(Random random) {
        return jobs.get(random.nextInt(jobs.size()));
    }

    /** In one statement, which sees everything as of one moment. */
    private void countAgain(Random random) {
        var wrong = jdbc.sql(
                        """
                        with counted as (
                            select job_id, level.key, count(*) as runs, count(*) filter (where status = 'queued') as queued,
                                count(*) filter (where status in ('initializing', 'running', 'cancelling')) as running,
                                count(*) filter (where status = 'completed') as completed,
                                count(*) filter (where status = 'error') as error, count(*) filter (where status = 'cancelled') as cancelled, count(reward) as graded,
                                count(*) filter (where reward >= 1) as passed, coalesce(sum(reward::numeric), 0) as reward_sum,
                                coalesce(sum(reward::numeric ^ 2), 0) as reward_squares, min(started_at) as started_at,
                                count(*) filter (where failure_kind = 'agent'), count(*) filter (where failure_kind = 'environment'),
                                count(*) filter (where failure_kind = 'grader'), count(*) filter (where failure_kind = 'model'),
                                count(*) filter (where failure_kind = 'infrastructure')
                            from run cross join lateral (values (''), (group_key(slug, group_id))) as level (key)
                            where job_id = any(:jobs)
                            group by job_id, level.key
                        ), kept as (
                            select job_id, group_key, sum(runs), sum(queued), sum(running), sum(completed), sum(error), sum(cancelled),
                                sum(graded), sum(passed), sum(reward_sum), sum(reward_squares), min(started_at),
                                sum(by_agent), sum(by_environment), sum(by_grader), sum(by_model), sum(by_infrastructure)
                            from tally where job_id = any(:jobs)
                            group by job_id, group_key
                        )
                        (select 'counted', * from counted except select 'counted', * from kept)
                        union all
                        (select 'kept', * from kept except select 'kept', * from counted)
                        """)
                .param("jobs", jobs.stream().map(JobId::value).toArray(UUID[]::new))
                .query()
                .listOfRows();
        assertThat(wrong).isEmpty();
    }
}
