// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.Topics;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import dev.assay.job.run.Renewals;
import dev.assay.job.run.Renewals.Sign;
import dev.assay.job.run.RunState.Phase;
import dev.assay.kit.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Workers that forget, die and come late, cancellations and sweeps, all at once, on the real database. */
@RunningJobService
class RunStormTests {

    static final int RUNS = 150;
    static final int WORKERS = 6;

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
    JdbcClient jdbc;

    @Autowired
    @Qualifier("outboxRelay")
    SmartLifecycle relay;

    @Autowired
    JsonMapper json;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @BeforeEach
    void letWhatIsToldLie() {
        relay.stop();
    }

    @AfterEach
    void tellIt() {
        relay.start();
    }

    @Test
    void everyRunEndsOnce() throws Exception {
        var seed = UUID.randomUUID().getMostSignificantBits();
        var runs = new ArrayList<RunId>();
        for (var number = 0; number < RUNS; number++) {
            runs.add(calls.submit(team, job));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (var worker = 0; worker < WORKERS; worker++) {
                var name = "w" + worker;
                var random = new Random(seed + worker);
                all.add(threads.submit(() -> work(name, random)));
            }
            all.add(threads.submit(() -> disturb(runs, new Random(seed))));
            for (var one : all) {
                one.get();
            }
        }
        var summary = calls.get(team, "/v2/jobs/" + job + "/summary").expect(200).body();
        assertThat(summary.get("queued").asInt() + summary.get("running").asInt()).as("seed %d: %s", seed, summary).isZero();
        assertThat(told()).as("seed %d: ends told", seed).containsExactlyInAnyOrderElementsOf(runs.stream().map(RunId::toString).toList());
        assertThat(jdbc.sql("select count(*) from run where job_id = :job and revision <> 1").param("job", job).query(Long.class).single())
                .as("seed %d: ends corrected", seed)
                .isZero();
    }

    private void work(String name, Random random) {
        var held = new ArrayList<Lease>();
        var idle = 0;
        while (idle < 20) {
            var lease = Takes.one(leases, name);
            lease.ifPresent(held::add);
            idle = lease.isPresent() || !held.isEmpty() ? 0 : idle + 1;
            if (lease.isEmpty() && held.isEmpty()) {
                time.pass(Duration.ofSeconds(1));
                queue.sweepLeases();
            }
            if (!held.isEmpty()) {
                act(name, held, random);
            }
        }
    }

    private void act(String name, List<Lease> held, Random random) {
        var lease = held.get(random.nextInt(held.size()));
        try {
            switch (random.nextInt(5)) {
                case 0 -> held.remove(lease);
                case 1 -> renewals.renew(name, held.stream().map(RunStormTests::running).toList()).lost().forEach(lost -> held.removeIf(one -> one.run().equals(lost)));
                default -> {
                    var outcome = new Outcome(
                            lease.attempt(), "completed", "done", json.readTree("{\"score\": 0.5}"), null, 1, Map.of());
                    outcomes.report(lease.run(), name, outcome);
                    outcomes.report(lease.run(), name, outcome);
                    held.remove(lease);
                }
            }
        } catch (Problem fenced) {
            held.remove(lease);
        }
    }

    private static Sign running(Lease lease) {
        return new Sign(lease.run(), lease.attempt(), Phase.RUNNING, null, null);
    }

    private void disturb(List<RunId> runs, Random random) {
        for (var turn = 0; turn < 60; turn++) {
            time.pass(Duration.ofSeconds(random.nextInt(8)));
            queue.sweepLeases();
            if (random.nextInt(3) == 0) {
                calls.post(team, "/v2/rollouts/cancel", "{\"trace_id\": \"" + runs.get(random.nextInt(RUNS)) + "\"}").expect(200);
            }
        }
    }

    /** Of which runs of this job an end was told, once for each time. */
    private List<String> told() {
        return jdbc.sql("select key from outbox where topic = :topic and payload::jsonb ->> 'job' = :job")
                .param("topic", Topics.RUN_FINISHED)
                .param("job", job.toString())
                .query(String.class)
                .list();
    }
}
