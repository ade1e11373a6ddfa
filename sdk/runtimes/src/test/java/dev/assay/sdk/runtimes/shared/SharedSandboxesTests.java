// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlServer;
import dev.assay.sdk.protocol.ServedEnvironment;
import dev.assay.sdk.protocol.ServedTask;
import dev.assay.sdk.protocol.TaskTemplate;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.testsupport.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Runs that come and go, and which of them meet in a sandbox. */
class SharedSandboxesTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SettableClock clock = new SettableClock(Instant.EPOCH);
    private final SharedSandboxes shared = new SharedSandboxes(clock, MINUTE);
    private final List<Served> launched = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void nothingIsLeft() {
        threads.shutdownNow();
        assertThat(launched).allMatch(one -> one.closed);
    }

    @Test
    void asManyAsMayAreInOneAndWhoeverComesThenGetsAnother() throws Exception {
        var first = enter("job");
        var second = enter("job");
        var third = enter("job");
        assertThat(first.address()).isEqualTo(second.address());
        assertThat(first.isShared()).isTrue();
        assertThat(third.address()).isNotEqualTo(first.address());
        first.close();
        var fourth = enter("job");
        assertThat(fourth.address()).as("where there is room again").isEqualTo(second.address());
        List.of(second, third, fourth).forEach(Sandbox::close);
        assertThat(launched).hasSize(2);
    }

    @Test
    void whoMayNotMeetDoesNot() throws Exception {
        try (var mine = enter("a job"); var others = enter("another team's job")) {
            assertThat(mine.address()).isNotEqualTo(others.address());
        }
    }

    @Test
    void itIsClosedByWhoeverLeavesLastAndByNobodyElse() throws Exception {
        var first = enter("job");
        var second = enter("job");
        first.close();
        first.close();
        assertThat(launched.getFirst().closed).isFalse();
        second.close();
        assertThat(launched.getFirst().closed).isTrue();
        enter("job").close();
        assertThat(launched).hasSize(2);
    }

    @Test
    void nobodyIsLetInWhomItWouldNotOutlast() throws Exception {
        try (var first = enter("job")) {
            clock.advance(MINUTE);
            try (var inTime = enter("job")) {
                assertThat(inTime.address()).isEqualTo(first.address());
            }
            clock.advance(Duration.ofSeconds(1));
            try (var late = enter("job")) {
                assertThat(late.address()).isNotEqualTo(first.address());
            }
        }
        assertThat(SharedSandboxes.lifetime(MINUTE)).isEqualTo(MINUTE.multipliedBy(2));
    }

    @Test
    void oneThatDoesNotAnswerAnyMoreIsLeftToThoseWhoAreInIt() throws Exception {
        var impatient = new SharedSandboxes(clock, Duration.ofMillis(100));
        try (var first = impatient.enter("job", 2, MINUTE, this::launch)) {
            launched.getFirst().server.close();
            try (var next = impatient.enter("job", 2, MINUTE, this::launch)) {
                assertThat(next.address()).isNotEqualTo(first.address());
            }
            assertThat(launched.getFirst().closed).isFalse();
        }
    }

    @Test
    void itsLossIsTheLossOfAllThatAreInIt() throws Exception {
        try (var first = enter("job"); var second = enter("job")) {
            launched.getFirst().lost = true;
            assertThat(first.lostBecause()).hasValue("gone");
            assertThat(second.lostBecause()).hasValue("gone");
            assertThat(second.alive()).isFalse();
        }
    }

    @Test
    void whoeverComesWhileItIsLaunchedWaitsForItAndHearsWhatKeepsItFromStarting() throws Exception {
        var go = new CountDownLatch(1);
        var first = entering("job", () -> {
            go.await();
            throw new SandboxException("no licence");
        });
        await().until(() -> shared.occupants("job") == 1);
        var second = entering("job", this::launch);
        await().until(() -> shared.occupants("job") == 2);
        go.countDown();
        for (var failed : List.of(first, second)) {
            assertThatThrownBy(failed::get).hasRootCauseMessage("no licence");
        }
        assertThat(launched).isEmpty();
        enter("job").close();
    }

    @Test
    void ifWhoeverLaunchesItIsStoppedAnotherDoes() throws Exception {
        var first = entering("job", () -> {
            new CountDownLatch(1).await();
            return launch();
        });
        await().until(() -> shared.occupants("job") == 1);
        var second = entering("job", this::launch);
        await().until(() -> shared.occupants("job") == 2);
        first.cancel(true);
        second.get().close();
        assertThat(launched).hasSize(1);
    }

    @Test
    void whoeverStopsWaitingLeavesItToTheOthers() throws Exception {
        var go = new CountDownLatch(1);
        var first = entering("job", () -> {
            go.await();
            return launch();
        });
        await().until(() -> shared.occupants("job") == 1);
        var second = entering("job", this::launch);
        await().until(() -> shared.occupants("job") == 2);
        second.cancel(true);
        await().until(() -> shared.occupants("job") == 1);
        go.countDown();
        first.get().close();
    }

    private Sandbox enter(String key) throws SandboxException, InterruptedException {
        return shared.enter(key, 2, MINUTE, this::launch);
    }

    private Future<Sandbox> entering(String key, SharedSandboxes.Launch launch) {
        Callable<Sandbox> entering = () -> shared.enter(key, 2, MINUTE, launch);
        return threads.submit(entering);
    }

    private Sandbox launch() {
        var served = new Served();
        launched.add(served);
        return served;
    }

    /** Answers hello as long as it is served. */
    private static final class Served implements Sandbox, ServedEnvironment {

        private final ControlServer server;
        private volatile boolean closed;
        private volatile boolean lost;

        Served() {
            try {
                server = ControlServer.bind(this, "127.0.0.1", 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public SocketAddress address() {
            return new InetSocketAddress("127.0.0.1", server.port());
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public String outputTail() {
            return "";
        }

        @Override
        public boolean alive() {
            return !lost;
        }

        @Override
        public Optional<String> lostBecause() {
            return lost ? Optional.of("gone") : Optional.empty();
        }

        @Override
        public void close() {
            server.close();
            closed = true;
        }

        @Override
        public String name() {
            return "served";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public List<Capability> capabilities() {
            return List.of();
        }

        @Override
        public List<TaskTemplate> tasks() {
            return List.of();
        }

        @Override
        public ServedTask open(String session, String template, ObjectNode args) {
            throw new UnsupportedOperationException();
        }
    }
}
