// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import dev.assay.job.run.Renewals;
import dev.assay.job.run.Renewals.Sign;
import dev.assay.job.run.RunState.Phase;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Question;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

@RunningJobService
class LeaseConcurrencyTests {

    static final int RUNS = 1000;
    static final int WORKERS = 8;

    @Autowired
    Calls calls;

    @Autowired
    Leases leases;

    @Autowired
    Outcomes outcomes;

    @Autowired
    Renewals renewals;

    @Autowired
    Queue queue;

    @Autowired
    Time time;

    @Autowired
    DataSource connections;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Dispatcher<Leases.Taken> dispatcher;

    @Autowired
    MeterRegistry meters;

    @Autowired
    JsonMapper json;

    final TeamId team = TeamId.random();

    @Test
    void noRunIsLeasedTwiceAndNoneIsForgotten() throws Exception {
        var jobs = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
        var submitted = inParallel(WORKERS, worker -> () -> {
            var own = new ArrayList<RunId>();
            for (var number = worker; number < RUNS; number += WORKERS) {
                own.add(calls.submit(team, jobs.get(number % jobs.size())));
            }
            return own;
        });
        var begin = System.nanoTime();
        var leased = inParallel(WORKERS, worker -> () -> {
            var own = new ArrayList<RunId>();
            for (var lease = Takes.one(leases, "w" + worker); lease.isPresent(); lease = Takes.one(leases, "w" + worker)) {
                own.add(lease.get().run());
                outcomes.report(lease.get().run(), "w" + worker, done(lease.get()));
            }
            return own;
        });
        var took = Duration.ofNanos(System.nanoTime() - begin);
        LoggerFactory.getLogger(getClass()).warn("{} leases with outcome by {} workers in {} ms", RUNS, WORKERS, took.toMillis());
        assertThat(leased).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(submitted).hasSize(RUNS);
        for (var job : jobs) {
            assertThat(calls.get(team, "/v2/jobs/" + job).body().get("status").asString()).isEqualTo("completed");
        }
    }

    @Test
    void aWaitingWorkerGetsWhatComesWithoutAskingAgain() throws Exception {
        // longer than anybody here looks by himself: who is not told never hears of it
        var waiting = Executors.newVirtualThreadPerTaskExecutor()
                .submit(() -> dispatcher.ask(new Question("w", UUID.randomUUID(), 3, Set.of()), Duration.ofHours(1)));
        await().until(() -> meters.get("assay.work.waiting").tag("work", "runs").gauge().value() == 1);
        var run = calls.submit(team, UUID.randomUUID());
        await().until(waiting::isDone);
        assertThat(waiting.get()).extracting(taken -> taken.run().id()).containsExactly(run);
    }

    @Test
    void theSameQuestionAtTheSameMomentGetsTheSameLease() throws Exception {
        for (var number = 0; number < WORKERS; number++) {
            calls.submit(team, UUID.randomUUID());
        }
        var question = UUID.randomUUID();
        assertThat(inParallel(WORKERS, worker -> () -> List.of(Takes.one(leases, "w", question).orElseThrow().run())))
                .hasSize(WORKERS)
                .containsOnly(Takes.one(leases, "w", question).orElseThrow().run());
    }

    @Test
    void aRunThatAReplicaStoppedWithInItsHandsKeepsNobodyFromTheNext() throws Exception {
        var lost = calls.submit(team, UUID.randomUUID());
        Takes.one(leases, "lost").orElseThrow();
        time.pass(Duration.ofMinutes(1));
        var locked = calls.submit(team, UUID.randomUUID());
        var behind = calls.submit(team, UUID.randomUUID());
        try (var stopped = connections.getConnection()) {
            stopped.setAutoCommit(false);
            // whoever waits for it after all is to fail, not to hang
            stopped.createStatement().execute("set local idle_in_transaction_session_timeout = '10s'");
            stopped.createStatement().execute("select from run where id in ('" + lost + "', '" + locked + "') for update");
            queue.sweepLeases();
            assertThat(Takes.one(leases, "w").orElseThrow().run()).isEqualTo(behind);
            assertThat(Takes.one(leases, "w")).isEmpty();
            stopped.rollback();
        }
        queue.sweepLeases();
        assertThat(List.of(Takes.one(leases, "w").orElseThrow().run(), Takes.one(leases, "w").orElseThrow().run()))
                .containsExactlyInAnyOrder(locked, lost);
    }

    @Test
    void oneRunIsAcceptedOnceHoweverManyAskAtOnce() throws Exception {
        var run = new RunId(UUID.randomUUID());
        var body = Calls.submission(run, UUID.randomUUID());
        var answers = inParallel(WORKERS, worker -> () -> List.of(calls.post(team, "/v2/rollouts/submit", body).status()));
        assertThat(answers).containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(Takes.one(leases, "w")).isPresent();
        assertThat(Takes.one(leases, "w")).isEmpty();
    }

    @Test
    void whatIsRefusedIsRefusedByItselfHoweverManyAreAcceptedAtTheSameTime() throws Exception {
        var foreign = UUID.randomUUID();
        calls.submit(TeamId.random(), foreign);
        var own = UUID.randomUUID();
        calls.submit(team, own);
        var answers = inParallel(WORKERS, worker -> () -> List.of(calls.post(
                        team, "/v2/rollouts/submit", Calls.submission(new RunId(UUID.randomUUID()), worker % 4 == 0 ? foreign : own))
                .status()));
        assertThat(answers).containsOnly(201, 404);
        assertThat(answers.stream().filter(status -> status == 404)).hasSize(WORKERS / 4);
    }

    @Test
    void aRunThatSomebodyHoldsUpHoldsUpNoOthersReport() throws Exception {
        calls.submit(team, UUID.randomUUID());
        calls.submit(team, UUID.randomUUID());
        var heldUp = Takes.one(leases, "w").orElseThrow();
        var other = Takes.one(leases, "w").orElseThrow();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var busy = connections.getConnection()) {
            busy.setAutoCommit(false);
            busy.createStatement().execute("select from run where id = '" + heldUp.run() + "' for update");
            var waiting = threads.submit(() -> outcomes.report(heldUp.run(), "w", done(heldUp)));
            await().until(this::someoneWaitsForARow);
            outcomes.report(other.run(), "w", done(other));
            assertThat(waiting.isDone()).isFalse();
            busy.rollback();
            waiting.get();
        }
        assertThat(calls.get(team, "/v2/trace/" + heldUp.run()).body().get("status").asString()).isEqualTo("completed");
    }

    @Test
    void aRunThatSomebodyHoldsUpHoldsUpNoOthersRenewal() throws Exception {
        calls.submit(team, UUID.randomUUID());
        calls.submit(team, UUID.randomUUID());
        var heldUp = Takes.one(leases, "one").orElseThrow();
        var other = Takes.one(leases, "other").orElseThrow();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var busy = connections.getConnection()) {
            busy.setAutoCommit(false);
            busy.createStatement().execute("select from run where id = '" + heldUp.run() + "' for update");
            var waiting = threads.submit(() -> renewals.renew("one", List.of(running(heldUp.run()))));
            assertThat(renewals.renew("other", List.of(running(other.run()))).lost()).isEmpty();
            busy.rollback();
            await().until(waiting::isDone); // heard, or told to say it again
        }
    }

    @Test
    void whoeverTellsOfTwoAttemptsOfARunHearsThatOneIsLost() {
        var run = calls.submit(team, UUID.randomUUID());
        assertThat(Takes.one(leases, "w").orElseThrow().run()).isEqualTo(run);
        var attempts = List.of(new Sign(run, 0, Phase.RUNNING, null, null), running(run));
        assertThat(renewals.renew("w", attempts).lost()).containsExactly(run);
        assertThat(renewals.renew("w", attempts.reversed()).lost()).containsExactly(run);
    }

    @Test
    void ofManyLeasesThatAreRenewedAtOnceOnlyThoseAreLostThatAreAnothers() throws Exception {
        var own = new ArrayList<RunId>();
        for (var number = 0; number < 2 * WORKERS; number++) {
            calls.submit(team, UUID.randomUUID());
            own.add(Takes.one(leases, "w" + number % WORKERS).orElseThrow().run());
        }
        var unknown = new RunId(UUID.randomUUID());
        var lost = inParallel(WORKERS, worker -> () -> {
            var told = List.of(running(own.get(worker)), running(own.get((worker + 1) % WORKERS)), running(unknown), running(own.get(WORKERS + worker)));
            return List.of(Set.copyOf(renewals.renew("w" + worker, told).lost()));
        });
        for (var worker = 0; worker < WORKERS; worker++) {
            assertThat(lost.get(worker)).containsExactlyInAnyOrder(unknown, own.get((worker + 1) % WORKERS));
        }
    }

    private static Sign running(RunId run) {
        return new Sign(run, 1, Phase.RUNNING, null, null);
    }

    private boolean someoneWaitsForARow() {
        return jdbc.sql("select exists (select from pg_locks where not granted and locktype in ('transactionid', 'tuple'))")
                .query(Boolean.class)
                .single();
    }

    private Outcome done(Lease lease) {
        return new Outcome(lease.attempt(), "completed", "done", json.readTree("{\"score\": 1}"), null, 1, Map.of());
    }

    private interface Task<T> {
        Callable<List<T>> of(int worker);
    }

    private static <T> List<T> inParallel(int workers, Task<T> task) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<java.util.concurrent.Future<List<T>>>();
            for (var worker = 0; worker < workers; worker++) {
                futures.add(threads.submit(task.of(worker)));
            }
            var all = new ArrayList<T>();
            for (var future : futures) {
                all.addAll(future.get());
            }
            return all;
        }
    }
}
