// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.account.AccountConformance;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.modal.Protocol.Create;
import dev.assay.sdk.runtimes.modal.Protocol.Gpu;
import dev.assay.sdk.runtimes.modal.Protocol.NetworkAccess;
import dev.assay.sdk.runtimes.modal.Protocol.Resources;
import io.grpc.Status;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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

/** Sandboxes of a stand-in for Modal, which runs what is in them. */
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*bubblewrap.*", disabledReason = "no sandboxes here")
class ModalRuntimeTests extends AccountConformance {

    private static final Credential CREDENTIAL = new Credential(StandInModal.TOKEN);

    @TempDir
    private static Path folder;

    private static StandInModal modal;
    private static Path sockets;
    private static ModalRuntime runtime;

    @BeforeAll
    static void start() throws Exception {
        modal = new StandInModal(folder);
        sockets = Files.createTempDirectory(Path.of("/tmp"), "assay-test-");
        runtime = runtime("one", owner -> true);
    }

    private static ModalRuntime runtime(String owner, Predicate<String> lives) {
        var worker = new AccountWorker("here", owner, lives, sockets, URI.create("https://assay.example"));
        return new ModalRuntime(new ModalSettings(modal.address(), Duration.ofSeconds(30)), worker, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        runtime.close();
        assertThat(modal.sandboxes()).isEmpty();
        assertThat(sockets).isEmptyDirectory();
        modal.close();
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
        return modal.sandboxes();
    }

    @Test
    void whatModalIsToldNamesTheRunAndHowLargeItIsAndHoldsNothingOfTheRuns() throws Exception {
        try (var sandbox = launch(Map.of("SECRET", "it's a word\nin lines"), LIMITS.withCpus(1.5).withGpus(2).withGpuType("a100-80gb"))) {
            var order = modal.orders.getLast();
            assertThat(ModalApi.tags(order, Create.TAGS)).containsEntry("assay_run", "run-of-a-test").containsEntry("assay_attempt", "1");
            var definition = order.message(Create.DEFINITION);
            assertThat(definition.number(Create.TIMEOUT_SECS)).isEqualTo(30 + 300 + 60);
            assertThat(definition.message(Create.NETWORK_ACCESS).number(NetworkAccess.TYPE)).isEqualTo(NetworkAccess.BLOCKED);
            var resources = definition.message(Create.RESOURCES);
            assertThat(resources.number(Resources.MILLI_CPU)).isEqualTo(1500).isEqualTo(resources.number(Resources.MILLI_CPU_MAX));
            assertThat(resources.number(Resources.MEMORY_MB)).isEqualTo(256).isEqualTo(resources.number(Resources.MEMORY_MB_MAX));
            assertThat(resources.message(Resources.GPU).text(Gpu.TYPE)).isEqualTo("A100-80GB");
            assertThat(resources.message(Resources.GPU).number(Gpu.COUNT)).isEqualTo(2);
            assertThat(sandbox.isOutOfReach()).as("whatever the gateway's address").isTrue();
            assertThat(new String(Fields.MARSHALLER.stream(order).readAllBytes(), StandardCharsets.UTF_8)).contains("run-of-a-test").doesNotContain("word");
            assertThat(ask(sandbox, "os.environ['SECRET']")).isEqualTo("it's a word\nin lines");
            assertThat(ask(sandbox, "dict(os.environ)")).doesNotContain("ak-0123").doesNotContain("as-fedc").doesNotContain("key-").doesNotContain("head.claims");
            assertThat(runtime.door(Network.NONE)).isEmpty();
        }
    }

    @Test
    void passingTroubleOfModalEndsNothing() throws Exception {
        modal.isUnheard(1);
        modal.router().isAway(2);
        try (var sandbox = launch(Map.of())) {
            assertThat(modal.sandboxes()).as("what was made though nobody heard of it is made once").hasSize(1);
            modal.router().forgetsKeys();
            modal.router().breaksOff();
            assertThat(ask(sandbox, "print('heard once', flush=True)")).isEqualTo("None");
            await().untilAsserted(() -> assertThat(sandbox.outputTail()).containsOnlyOnce("heard once").containsOnlyOnce("starting"));
            assertThat(sandbox.alive()).isTrue();
        }
    }

    @Test
    void aCredentialThatIsRefusedOrAnAccountThatIsFullIsNot() {
        assertThatThrownBy(() -> launch(runtime, prepared(), new Credential("ak-ofnobody:as-ofnobody"), "run-of-a-test", 1))
                .hasMessageContaining("does not take the team's credential").hasMessageContaining("***")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue())
                .message().doesNotContain("ofnobody");
        modal.refuses(Status.RESOURCE_EXHAUSTED.withDescription("Workspace concurrent sandbox limit reached"));
        assertThatThrownBy(() -> launch(Map.of()))
                .hasMessageContaining("quota").hasMessageContaining("concurrent sandbox limit")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
        modal.refuses(Status.INVALID_ARGUMENT.withDescription("timeout_secs must be at most 86400"));
        assertThatThrownBy(() -> launch(Map.of()))
                .hasMessageContaining("Modal answered INVALID_ARGUMENT: timeout_secs")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
        modal.refuses(Status.OK);
        modal.router().keysHold(false);
        assertThatThrownBy(() -> launch(Map.of()))
                .hasMessageContaining("no such key: Bearer ***")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue())
                .message().doesNotContain("key-wrong");
        modal.router().keysHold(true);
    }

    @Test
    void oneThatModalHasNoMoreIsLost() throws Exception {
        try (var sandbox = launch(Map.of())) {
            modal.lose(modal.sandboxes().getFirst());
            assertThat(sandbox.lostBecause()).isPresent();
        }
    }

    @Test
    void whatADeadWorkerLeftEndsWhenItsRunIsTriedAgainAndWhenItsAccountIsUsed() throws Exception {
        var dead = runtime("other", owner -> false);
        launch(dead, prepared(), CREDENTIAL, "run-of-a-test", 1);
        launch(dead, prepared(), CREDENTIAL, "another", 1);
        launch(dead, prepared(), CREDENTIAL, "another yet", 1);
        try (var again = launch(runtime, prepared(), CREDENTIAL, "run-of-a-test", 2)) {
            assertThat(modal.sandboxes()).hasSize(3);
            assertThat(runtime.clearUp(Instant.now())).isZero(); // its worker lives, as far as this one knows
            var survivor = runtime("three", owner -> !owner.equals("other"));
            try (var other = launch(survivor, prepared(), CREDENTIAL, "a-third", 1)) {
                assertThat(survivor.clearUp(Instant.now())).as("whichever page they are on").isEqualTo(2);
                assertThat(modal.sandboxes()).hasSize(2);
                assertThat(again.alive()).isTrue();
                assertThat(other.alive()).isTrue();
            }
            survivor.close();
        }
        dead.close();
    }

    @Test
    void whatItCannotGiveIsRefusedByName() {
        assertThat(refusal("{'resources':{'os':'windows'}}")).contains("resources.os");
        assertThat(refusal("{'resources':{'gpu':{'type':['A100','H100']}}}")).contains("resources.gpu.type A100 or H100");
        assertThat(refusal("{'image':'No Name'}")).contains("no name of an image");
        assertThat(refusal("{'image':'acme/letters','resources':{'cpu':1.5,'memory_mb':4096,'gpu':{'type':'A100','count':2}}}")).isEmpty();
        assertThat(runtime.shortfall(config("{'resources':{'storage_mb':4096}}")).orElseThrow()).contains("resources.storage_mb");
    }
}
