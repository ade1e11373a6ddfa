// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.account.AccountConformance;
import dev.assay.sdk.runtimes.account.AccountWorker;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes of a stand-in for E2B, which runs what is in them. */
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*bubblewrap.*", disabledReason = "no sandboxes here")
class E2bRuntimeTests extends AccountConformance {

    private static final Credential CREDENTIAL = new Credential(StandInE2b.KEY);

    @TempDir
    private static Path folder;

    private static StandInE2b e2b;
    private static Path sockets;
    private static E2bRuntime runtime;

    @BeforeAll
    static void start() throws Exception {
        e2b = new StandInE2b(folder);
        sockets = Files.createTempDirectory(Path.of("/tmp"), "assay-test-");
        runtime = runtime("one", owner -> true);
    }

    private static E2bRuntime runtime(String owner, Predicate<String> lives) {
        var gateway = URI.create("https://assay.example");
        var settings = new E2bSettings(e2b.address(), e2b.address().toString(), Duration.ofSeconds(30));
        return new E2bRuntime(settings, new AccountWorker("here", owner, lives, sockets, gateway), Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        runtime.close();
        assertThat(e2b.sandboxes()).isEmpty();
        assertThat(sockets).isEmptyDirectory();
        e2b.close();
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
        return e2b.sandboxes();
    }

    @Test
    void aTemplateIsMadeOnceAndAnotherForAnotherSize() throws Exception {
        launch(Map.of()).close();
        int made = e2b.templates();
        launch(Map.of()).close();
        assertThat(e2b.templates()).isEqualTo(made);
        launch(Map.of(), LIMITS.withCpus(4)).close();
        assertThat(e2b.templates()).isEqualTo(made + 1);
    }

    @Test
    void whoeverMakesATemplateClearsAwayThoseOfOursThatNobodyHasUsedForAMonth() throws Exception {
        e2b.template("assay-notes");
        launch(Map.of()).close();
        e2b.rest(Duration.ofDays(29));
        int before = e2b.templates();
        launch(Map.of(), LIMITS.withCpus(6)).close();
        assertThat(e2b.templates()).isEqualTo(before + 1);
        e2b.rest(Duration.ofDays(2));
        var neverUsed = "assay-" + "0".repeat(32);
        e2b.template(neverUsed);
        launch(Map.of(), LIMITS.withCpus(8)).close();
        assertThat(e2b.templates()).as("the last two, and what somebody else has").isEqualTo(3);
        assertThat(e2b.hasTemplate("assay-notes")).isTrue();
        assertThat(e2b.hasTemplate(neverUsed)).isFalse();
        launch(Map.of()).close(); // which makes it again
        assertThat(e2b.templates()).isEqualTo(4);
    }

    @Test
    void whatE2bIsToldNamesTheRunAndEndsItInTimeAndHoldsNothingOfTheRuns() throws Exception {
        try (var sandbox = launch(Map.of("SECRET", "word"))) {
            var order = e2b.orders.getLast();
            assertThat(order.at("/metadata/assay_run").asString()).isEqualTo("run-of-a-test");
            assertThat(order.at("/metadata/assay_attempt").asString()).isEqualTo("1");
            assertThat(order.at("/timeout").asInt()).isEqualTo(30 + 300 + 60);
            assertThat(order.at("/network")).isEqualTo(Json.MAPPER.readTree(
                    "{\"allowPublicTraffic\":false,\"allowOut\":[\"assay.example\"],\"denyOut\":[\"0.0.0.0/0\"]}"));
            assertThat(order.toString()).doesNotContain("word");
            assertThat(ask(sandbox, "os.environ['SECRET']")).isEqualTo("word");
            assertThat(ask(sandbox, "dict(os.environ)")).doesNotContain(StandInE2b.KEY);
        }
    }

    @Test
    void aCredentialThatIsRefusedOrAnAccountThatIsFullIsNot() {
        assertThatThrownBy(() -> launch(runtime, prepared(), new Credential("e2b_of_nobody"), "run-of-a-test", 1))
                .hasMessageContaining("does not take the team's credential").hasMessageContaining("***")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue())
                .message().doesNotContain("e2b_of_nobody");
        e2b.refuses(400); // such as a time-out beyond its plan
        assertThatThrownBy(() -> launch(Map.of())).satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
        e2b.refuses(429);
        assertThatThrownBy(() -> launch(Map.of()))
                .hasMessageContaining("quota").hasMessageContaining("maximum number of concurrent sandboxes")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
        e2b.refuses(0);
    }

    @Test
    void oneThatE2bHasNoMoreIsLost() throws Exception {
        try (var sandbox = launch(Map.of())) {
            e2b.lose(e2b.sandboxes().getFirst());
            assertThat(sandbox.lostBecause()).isPresent();
        }
    }

    @Test
    void whatADeadWorkerLeftEndsWhenItsRunIsTriedAgainAndWhenItsAccountIsUsed() throws Exception {
        var dead = runtime("other", owner -> false);
        launch(dead, prepared(), CREDENTIAL, "run-of-a-test", 1);
        launch(dead, prepared(), CREDENTIAL, "another", 1);
        try (var again = launch(runtime, prepared(), CREDENTIAL, "run-of-a-test", 2)) {
            assertThat(e2b.sandboxes()).hasSize(2);
            assertThat(runtime.clearUp(Instant.now())).isZero(); // its worker lives, as far as this one knows
            var survivor = runtime("three", owner -> !owner.equals("other"));
            try (var other = launch(survivor, prepared(), CREDENTIAL, "a-third", 1)) {
                assertThat(survivor.clearUp(Instant.now())).isOne();
                assertThat(e2b.sandboxes()).hasSize(2);
                assertThat(again.alive()).isTrue();
            }
            assertThat(runtime.clearUp(Instant.now().plus(Duration.ofHours(1)))).isOne(); // nobody needs it any more, so long afterwards
        }
        dead.close();
    }

    @Test
    void whatItCannotGiveIsRefusedByName() {
        assertThat(refusal("{'resources':{'gpu':{}}}")).contains("resources.gpu");
        assertThat(refusal("{'resources':{'cpu':1.5}}")).contains("resources.cpu 1.5");
        assertThat(refusal("{'image':'No Name'}")).contains("no name of an image");
        assertThat(refusal("{'image':'acme/letters','resources':{'cpu':2,'memory_mb':4096}}")).isEmpty();
        assertThat(runtime.shortfall(config("{'resources':{'storage_mb':4096}}")).orElseThrow()).contains("resources.storage_mb");
    }
}
