// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What holds for every sandbox holds for those that were there before their run. */
@EnabledIf(
        value = "dev.assay.sdk.runtimes.docker.TestEngine#answers",
        disabledReason = "no Docker engine answers that has the image to build on")
class SpareContainerTests extends RuntimeConformance {

    private static WorkerOnEngine worker;
    private static DockerRuntime runtime;
    private static DockerImage prepared;

    @BeforeAll
    static void start() throws Exception {
        worker = new WorkerOnEngine();
        runtime = worker.runtime();
        runtime.spares().keepAny(false); // each test makes its own
        prepared = runtime.prepare(new Source.Image(TestEngine.fake()), line -> {});
    }

    @AfterAll
    static void stop() throws Exception {
        worker.close();
    }

    @Override
    protected Runtime runtime() {
        return runtime;
    }

    @Override
    protected Prepared prepared() {
        return prepared;
    }

    @Override
    protected Path door() {
        return worker.sockets.resolve("door");
    }

    @Override
    protected Source foreignSource() {
        return new Source.Remote(InetSocketAddress.createUnresolved("example.com", 8765));
    }

    @Override
    protected Collection<String> traces() throws Exception {
        return worker.containers();
    }

    /** From a spare, unless none can be made of it. */
    @Override
    protected Sandbox launch(Map<String, String> variables, SandboxLimits limits) throws SandboxException, InterruptedException {
        var spec = spec("a-run", variables, limits);
        boolean fails = variables.containsKey("FAKE_FAILURE"); // then it is launched afresh
        try {
            runtime.spares().make(spec);
        } catch (SandboxException e) {
            assertThat(fails).as(e.getMessage()).isTrue();
        }
        var taken = runtime.spares().taken();
        var sandbox = runtime.launch(spec);
        assertThat(runtime.spares().taken() > taken || fails).as("it was there before").isTrue();
        return sandbox;
    }

    private static SandboxSpec spec(String run, Map<String, String> variables, SandboxLimits limits) {
        var all = new HashMap<>(variables);
        all.put("KEY", "of " + run);
        return new SandboxSpec(new SandboxLabel(run, 2), prepared, "fake", all, Network.NONE, limits, Set.of("KEY"));
    }

    @Test
    void aSpareIsOneRunsAloneAndHoldsNothingOfIt() throws Exception {
        try (var first = launch(Map.of(), LIMITS); var second = launch(Map.of(), LIMITS)) {
            var placeholder = ask(first, "os.environ['KEY']");
            assertThat(worker.placeholders).containsEntry(placeholder, "of a-run").containsKey(ask(second, "os.environ['KEY']")).hasSize(2);
            ask(first, "open('/tmp/mark', 'w').write('mine')");
            assertThat(ask(second, "os.path.exists('/tmp/mark')")).isEqualTo("False");
            assertThat(ask(first, "[open('/proc/%s/environ' % p).read() for p in os.listdir('/proc') if p.isdigit()]")).doesNotContain("of a-run");

            assertThat(names()).as("whose they are by now").contains("-of-a-run-2");
            assertThat(runtime.reap(Instant.now())).isZero();
            assertThat(runtime.spares().waiting()).isEmpty();
        }
    }

    @Test
    void theFilesOfItsSessionAreTakenAlong() throws Exception {
        var sandbox = launch(Map.of(), LIMITS);
        ask(sandbox, "os.makedirs('/runtime/sessions/s/folder')");
        sandbox.close("s").orElseThrow().close();
        assertThat(worker.containers()).isEmpty();
    }

    @Test
    void whatIsNotAlikeGetsNoSpare() throws Exception {
        var spec = spec("a-run", Map.of("WORD", "one"), LIMITS);
        runtime.spares().make(spec);
        try (var sandbox = runtime.launch(spec("another", Map.of("WORD", "two"), LIMITS))) {
            assertThat(ask(sandbox, "os.environ['WORD'] + ' ' + os.environ['KEY']")).as("its own, and no placeholder").isEqualTo("two of another");
            assertThat(runtime.spares().waiting()).hasSize(1);
        } finally {
            runtime.spares().endAll();
        }
    }

    @Test
    void oneThatDoesNotAnswerOrHasShownItsPlaceholderIsThrownAwayAndTheRunStartsAfresh() throws Exception {
        var before = worker.containers();
        var spec = spec("a-run", Map.of(), LIMITS);
        runtime.spares().make(spec);
        var stuck = name(runtime.spares().waiting().getFirst());
        TestEngine.docker("unpause", stuck);
        TestEngine.docker("kill", "--signal", "STOP", stuck);
        TestEngine.docker("pause", stuck);
        startsAfresh(spec, before.size());

        runtime.spares().make(spec);
        worker.placeholders.values().removeIf(String::isEmpty); // the door has seen it
        startsAfresh(spec, before.size());
    }

    private static void startsAfresh(SandboxSpec spec, int before) throws Exception {
        try (var sandbox = runtime.launch(spec)) {
            assertThat(ask(sandbox, "os.environ['KEY']")).isEqualTo("of a-run");
            await().untilAsserted(() -> assertThat(worker.containers()).hasSize(before + 2));
        }
    }

    @Test
    void whileItWaitsNothingRunsInItAndWhatHasWaitedTooLongIsNotTaken() throws Exception {
        var spec = spec("a-run", Map.of(), LIMITS);
        var begun = Instant.now();
        runtime.spares().make(spec);
        var name = name(runtime.spares().waiting().getFirst());
        assertThat(TestEngine.docker("inspect", "--format", "{{.State.Paused}}", name).strip()).isEqualTo("true");
        var deadline = Instant.parse(TestEngine.docker("inspect", "--format", "{{index .Config.Labels \"dev.assay.deadline\"}}", name).strip());
        assertThat(deadline).as("that of a run which takes it at the last moment")
                .isAfterOrEqualTo(begun.plus(SpareKeeping.LONGEST_WAIT).plus(LIMITS.startup()).plus(LIMITS.lifetime()));
        worker.ahead = SpareKeeping.LONGEST_WAIT;
        try (var sandbox = runtime.launch(spec)) {
            assertThat(ask(sandbox, "os.environ['KEY']")).isEqualTo("of a-run");
        } finally {
            worker.ahead = Duration.ZERO;
            runtime.spares().endAll();
        }
    }

    @Test
    void whatStartsAgainComesFromASpareAndNoneIsLeftWhenNobodyWantsOne() throws Exception {
        try (var busy = worker.runtime("busy", true)) {
            var spec = spec("a-run", Map.of(), LIMITS);
            busy.launch(spec).close();
            busy.launch(spec).close();
            await().until(() -> !busy.spares().waiting().isEmpty());
            try (var sandbox = busy.launch(spec)) {
                assertThat(worker.placeholders).containsEntry(ask(sandbox, "os.environ['KEY']"), "of a-run");
            }
            busy.spares().keepAny(false);
            await().untilAsserted(() -> assertThat(worker.containers()).isEmpty());
        }
    }

    @Test
    void whatADeadWorkerKeptIsEndedWithWhatItHadGivenToRuns() throws Exception {
        var given = launch(Map.of(), LIMITS);
        runtime.spares().make(spec("a-run", Map.of(), LIMITS));
        try (var neighbour = worker.runtime("two", true)) {
            var asked = new HashSet<SandboxLabel>();
            assertThat(neighbour.reapOver(labels -> {
                asked.addAll(labels);
                return Set.of();
            })).isZero();
            assertThat(asked).as("whose each is").containsExactlyInAnyOrder(new SandboxLabel("a-run", 2), SpareKeeping.LABEL);
        }
        try (var heir = worker.runtime("two", false)) {
            assertThat(heir.reap(Instant.now())).isEqualTo(2);
            assertThat(worker.containers()).isEmpty();
            await().untilAsserted(() -> assertThat(runtime.spares().waiting()).isEmpty());
        } finally {
            given.close();
            runtime.spares().endAll();
        }
    }

    private static String name(String spare) {
        return SandboxContainer.name(spare);
    }

    private static String names() throws Exception {
        return TestEngine.docker("ps", "--format", "{{.Names}}", "--filter", "label=dev.assay.installation=" + worker.installation);
    }
}
