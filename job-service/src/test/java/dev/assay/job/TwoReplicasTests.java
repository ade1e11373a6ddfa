// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.testsupport.SettableClock;
import dev.assay.testsupport.TestPlatformInitializer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The service twice, on the same database and the same broker: workers ask the one and report to the other. */
@RunningJobService
class TwoReplicasTests {

    private static final int RUNS = 60;
    private static final int WORKERS = 4;

    @Autowired
    private Calls calls;

    @Autowired
    private Ends ends;

    @Autowired
    private SettableClock clock;

    private final TeamId team = TeamId.random();
    private final UUID job = UUID.randomUUID();

    @Test
    void everyRunIsGivenOutOnceEndsOnceAndIsToldOnce() throws Exception {
        // it goes by the same clock: whoever speaks with either of them speaks at one time
        try (var replica = new SpringApplicationBuilder(JobService.class, Calls.class)
                .initializers(new TestPlatformInitializer(), context -> context.getBeanFactory().registerSingleton("clock", clock))
                .run("--spring.config.name=job-service", "--server.port=0", "--assay.sweep.interval=10h", "--assay.look-again=10h",
                        "--assay.environment-url=http://127.0.0.1:1")) {
            var both = List.of(calls, replica.getBean(Calls.class));
            var runs = new ArrayList<RunId>();
            for (var number = 0; number < RUNS; number++) {
                runs.add(both.get(number % 2).submit(team, job));
            }
            var given = new ConcurrentLinkedQueue<RunId>();
            try (var workers = Executors.newFixedThreadPool(WORKERS)) {
                var all = new ArrayList<Callable<Void>>();
                for (var worker = 0; worker < WORKERS; worker++) {
                    var name = "w" + worker;
                    var one = both.get(worker % 2);
                    var other = both.get((worker + 1) % 2);
                    all.add(() -> {
                        work(name, one, other, given);
                        return null;
                    });
                }
                for (var done : workers.invokeAll(all)) {
                    done.get();
                }
            }
            assertThat(given).containsExactlyInAnyOrderElementsOf(runs);
            assertThat(ends.told(team)).extracting(RunFinished::run).containsExactlyInAnyOrderElementsOf(runs);
            whoWaitsAtOneIsToldWhatTheOtherAccepts(replica);
        }
    }

    /** Neither looks again by itself for hours. */
    private void whoWaitsAtOneIsToldWhatTheOtherAccepts(ConfigurableApplicationContext replica) throws Exception {
        Dispatcher<?> dispatcher = replica.getBean("runDispatcher", Dispatcher.class);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> dispatcher.ask(new Question("late", UUID.randomUUID(), 2, Set.of()), Duration.ofHours(1)));
            var gauge = replica.getBean(MeterRegistry.class).get("assay.work.waiting").tag("work", "runs").gauge();
            await().until(() -> gauge.value() == 1);
            var run = calls.submit(team, job);
            await().until(waiting::isDone);
            assertThat(waiting.get()).extracting("run.id").containsExactly(run);
        }
    }

    private static void work(String name, Calls one, Calls other, ConcurrentLinkedQueue<RunId> given) {
        for (var lease = one.lease(name); lease.status() == 200; lease = one.lease(name)) {
            var run = RunId.parse(lease.text("run"));
            given.add(run);
            other.outcome(run, name, 1, "completed", "{\"score\": 0.5}").expect(204);
            one.outcome(run, name, 1, "completed", "{\"score\": 0.5}").expect(204);
        }
    }
}
