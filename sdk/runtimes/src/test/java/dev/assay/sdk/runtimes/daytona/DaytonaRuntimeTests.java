// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.account.AccountConformance;
import dev.assay.sdk.runtimes.account.AccountImage;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.account.Exchanges;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Sandboxes of a stand-in for Daytona, which runs what is in them. */
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*bubblewrap.*", disabledReason = "no sandboxes here")
class DaytonaRuntimeTests extends AccountConformance {

    private static final Credential CREDENTIAL = new Credential(StandInDaytona.KEY);

    @TempDir
    private static Path folder;

    private static StandInDaytona daytona;
    private static Path sockets;
    private static DaytonaRuntime runtime;

    @BeforeAll
    static void start() throws Exception {
        daytona = new StandInDaytona(folder);
        sockets = Files.createTempDirectory(Path.of("/tmp"), "assay-test-");
        runtime = runtime("one", owner -> true);
    }

    private static DaytonaRuntime runtime(String owner, Predicate<String> lives) {
        var worker = new AccountWorker("here", owner, lives, sockets, URI.create("https://assay.example"));
        return new DaytonaRuntime(new DaytonaSettings(daytona.api(), Duration.ofSeconds(30)), worker, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        runtime.close();
        assertThat(daytona.sandboxes()).isEmpty();
        assertThat(sockets).isEmptyDirectory();
        daytona.close();
        Files.delete(sockets);
    }

    @Override
    protected Runtime runtime() {
        return runtime;
    }

    @Override
    protected Credential credential() {
        return CREDENTIAL;
    }

    @Override
    protected Collection<String> traces() {
        return daytona.sandboxes();
    }

    @Test
    void whatDaytonaIsToldNamesTheRunAndHowLargeItIsAndHoldsNothingOfTheRuns() throws Exception {
        try (var sandbox = launch(Map.of("SECRET", "it's a word\nin lines"), LIMITS.withCpus(2))) {
            var order = daytona.orders.getLast();
            assertThat(order.at("/labels/assay_run").asString()).isEqualTo("run-of-a-test");
            assertThat(order.at("/labels/assay_attempt").asString()).isEqualTo("1");
            assertThat(order.at("/buildInfo/dockerfileContent").asString()).isEqualTo("FROM acme/letters:1\n");
            assertThat(order.path("cpu").asInt()).isEqualTo(2);
            assertThat(order.path("memory").asInt()).isEqualTo(1);
            assertThat(order.path("disk").asInt()).isEqualTo(10);
            assertThat(order.path("autoDeleteInterval").asInt(-1)).isZero();
            assertThat(order.path("networkBlockAll").asBoolean()).isTrue();
            assertThat(order.has("domainAllowList")).as("which published runners do not read").isFalse();
            assertThat(sandbox.isOutOfReach()).as("whatever the gateway's address").isTrue();
            assertThat(order.toString()).doesNotContain("word");
            assertThat(ask(sandbox, "os.environ['SECRET']")).isEqualTo("it's a word\nin lines");
            assertThat(ask(sandbox, "dict(os.environ)")).doesNotContain(StandInDaytona.KEY);
        }
    }

    @Test
    void passingTroubleOfDaytonaEndsNothing() throws Exception {
        daytona.upset(1);
        daytona.away(1);
        try (var sandbox = launch(Map.of())) {
            daytona.away(1);
            daytona.breakOff();
            assertThat(ask(sandbox, "print('heard once', flush=True)")).isEqualTo("None");
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(sandbox.outputTail()).containsOnlyOnce("heard once").containsOnlyOnce("starting"));
            assertThat(sandbox.alive()).isTrue();
        }
    }

    @Test
    void aCredentialThatIsRefusedOrAnAccountThatIsFullIsNot() {
        assertThatThrownBy(() -> launch(runtime, prepared(), new Credential("dtn_of_nobody"), "run-of-a-test", 1))
                .hasMessageContaining("does not take the team's credential").hasMessageContaining("***")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue())
                .message().doesNotContain("dtn_of_nobody");
        daytona.refuses(400);
        assertThatThrownBy(() -> launch(Map.of()))
                .hasMessageContaining("Total CPU limit exceeded")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
        daytona.refuses(0);
    }

    @Test
    void oneThatDaytonaHasNoMoreIsLost() throws Exception {
        try (var sandbox = launch(Map.of())) {
            daytona.lose(daytona.sandboxes().getFirst());
            assertThat(sandbox.lostBecause()).isPresent();
        }
    }

    @Test
    void whatADeadWorkerLeftEndsWhenItsRunIsTriedAgainAndWhenItsAccountIsUsed() throws Exception {
        runtime.clearUp(Instant.now()); // what other tests ended is listed once more
        var dead = runtime("other", owner -> false);
        launch(dead, prepared(), CREDENTIAL, "run-of-a-test", 1);
        launch(dead, prepared(), CREDENTIAL, "another", 1);
        launch(dead, prepared(), CREDENTIAL, "another yet", 1);
        try (var again = launch(runtime, prepared(), CREDENTIAL, "run-of-a-test", 2)) {
            assertThat(daytona.sandboxes()).hasSize(3);
            assertThat(runtime.clearUp(Instant.now())).isZero(); // its worker lives, as far as this one knows
            var survivor = runtime("three", owner -> !owner.equals("other"));
            try (var other = launch(survivor, prepared(), CREDENTIAL, "a-third", 1)) {
                assertThat(survivor.clearUp(Instant.now())).as("whichever page they are on").isEqualTo(2);
                assertThat(daytona.sandboxes()).hasSize(2);
                assertThat(again.alive()).isTrue();
                assertThat(other.alive()).isTrue();
            }
        }
        dead.close();
    }

    @Test
    void oneThatIsBeingMadeIsEndedAsSoonAsThatCanBeDone() throws Exception {
        int before = daytona.conflicts();
        var launch = Thread.startVirtualThread(
                () -> assertThatThrownBy(() -> launch(runtime, new AccountImage("acme/slow:1"), CREDENTIAL, "given-up", 1)));
        await().until(() -> daytona.sandboxes().size() == 1);
        launch.interrupt();
        await().until(() -> daytona.conflicts() > before);
        daytona.buildsAll(true);
        launch.join();
        daytona.buildsAll(false);
        assertThat(daytona.sandboxes()).isEmpty();
    }

    @Test
    void theNextAttemptWaitsForOneThatItCannotEndYet() throws Exception {
        var left = Json.object().<ObjectNode>set("labels", Json.object().put("assay_run", "again").put("assay_attempt", "1"));
        left.putObject("buildInfo").put("dockerfileContent", "FROM acme/slow:1\n");
        var api = new DaytonaApi(new Exchanges(HttpClient.newHttpClient(), DaytonaApi.LIMIT), daytona.api(), CREDENTIAL);
        var other = api.create(left).id();
        int before = daytona.conflicts();
        var launch = new FutureTask<>(() -> launch(runtime, prepared(), CREDENTIAL, "again", 2));
        Thread.startVirtualThread(launch);
        await().until(() -> daytona.conflicts() > before);
        daytona.buildsAll(true);
        try (var sandbox = launch.get()) {
            assertThat(daytona.sandboxes()).hasSize(1).doesNotContain(other);
        }
        daytona.buildsAll(false);
        launch(runtime, prepared(), CREDENTIAL, "again", 3).close(); // the list has that of the second yet, as if it ran
    }

    @Test
    void whatItMayNotEndIsNotForgottenUntilItMay() throws Exception {
        daytona.keeps(true);
        launch(Map.of()).close();
        assertThat(daytona.sandboxes()).hasSize(1);
        assertThat(runtime.clearUp(Instant.now())).isZero();
        daytona.keeps(false);
        assertThat(runtime.clearUp(Instant.now())).isOne();
        assertThat(daytona.sandboxes()).isEmpty();
    }

    @Test
    void whatItCannotGiveIsRefusedByName() {
        assertThat(refusal("{'resources':{'os':'windows'}}")).contains("resources.os");
        assertThat(refusal("{'resources':{'cpu':1.5}}")).contains("resources.cpu 1.5");
        assertThat(refusal("{'resources':{'gpu':{'count':2}}}")).contains("resources.gpu.count 2");
        assertThat(refusal("{'image':'No Name'}")).contains("no name of an image");
        assertThat(refusal("{'image':'acme/letters','resources':{'cpu':2,'memory_mb':4096,'gpu':{}}}")).isEmpty();
    }
}
