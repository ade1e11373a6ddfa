// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SshWorkspaceTests {

    @TempDir
    Path folder;

    private final AtomicInteger routed = new AtomicInteger();
    private volatile @Nullable ServerSocket elsewhere;
    private FakeWorkspace server;
    private SshWorkspace workspace;

    @BeforeEach
    void connect() throws Exception {
        server = new FakeWorkspace(folder);
        workspace = SshWorkspace.connect(server.capability(), capability -> {
            routed.incrementAndGet();
            var other = elsewhere;
            return other == null ? FakeWorkspace.route(capability) : new Socket(other.getInetAddress(), other.getLocalPort());
        });
    }

    @AfterEach
    void close() throws Exception {
        workspace.close();
        server.close();
    }

    @Test
    void aCommandGivesItsOutputItsErrorsAndItsStatus() throws Exception {
        var result = run("echo out; echo err >&2; exit 3");

        assertThat(result.outputText()).isEqualTo("out\n");
        assertThat(result.errorText()).isEqualTo("err\n");
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.complete()).isTrue();
    }

    @Test
    void standardInputReachesTheCommandAndEnds() throws Exception {
        workspace.run("cat > note.txt", "grüße\n".getBytes(StandardCharsets.UTF_8), Deadline.none());
        workspace.run("cat > empty.txt", new byte[0], Deadline.none());

        assertThat(folder.resolve("note.txt")).hasContent("grüße\n");
        assertThat(folder.resolve("empty.txt")).isEmptyFile();
    }

    @Test
    void manyCommandsShareOneConnection() throws Exception {
        for (var i = 0; i < 20; i++) {
            assertThat(run("echo " + i).outputText()).isEqualTo(i + "\n");
        }
    }

    @Test
    void aDroppedConnectionIsDialledAgain() throws Exception {
        run("true");
        assertThat(routed).hasValue(1);
        server.dropConnections();

        assertThat(whenNoticed("echo back")).isEqualTo("back\n");
        assertThat(routed).hasValue(2);
    }

    @Test
    void theFirstDialIsTriedAgain() throws Exception {
        var tries = new AtomicInteger();
        try (var late = SshWorkspace.connect(server.capability(), capability -> {
            if (tries.incrementAndGet() < 3) {
                throw new ConnectException("not yet");
            }
            return FakeWorkspace.route(capability);
        })) {
            assertThat(late.run("echo there", new byte[0], Deadline.none()).outputText()).isEqualTo("there\n");
        }
        assertThat(tries).hasValue(3);
    }

    @Test
    void theDeadlineCoversTheWayToAWorkspaceThatWasLost() throws Exception {
        server.dropConnections();
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            elsewhere = silent;
            assertThatThrownBy(() -> {
                        while (true) {
                            try {
                                workspace.run("true", new byte[0], Deadline.in(Duration.ofMillis(300)));
                            } catch (SshConnectionException droppedJustNow) {
                                // it is noticed by the next
                            }
                        }
                    })
                    .isInstanceOf(CommandTimeoutException.class);
        }
    }

    @Test
    void theDeadlineCoversTheOpeningOfAChannelAndWhatDoesNotOpenIsClosed() throws Exception {
        server.holdChannels();

        assertThatThrownBy(() -> workspace.run("touch late", new byte[0], Deadline.in(Duration.ofMillis(300))))
                .isInstanceOf(CommandTimeoutException.class);

        server.releaseChannels();
        // its late opening, which nobody waits for any more, may cost the connection
        assertThat(whenNoticed("echo alive")).isEqualTo("alive\n");
        assertThat(folder.resolve("late")).doesNotExist();
    }

    @Test
    void aCommandPastItsDeadlineIsToldToTerminate() throws Exception {
        var time = Duration.ofMillis(100);
        do { // until it had begun before its time was over
            var limit = time.multipliedBy(2);
            assertThatThrownBy(() -> workspace.run("sleep 600", new byte[0], Deadline.in(limit)))
                    .isInstanceOf(CommandTimeoutException.class);
            time = limit;
        } while (server.terminated().isEmpty());

        assertThat(server.terminated()).containsExactly("sleep 600");
        assertThat(run("echo alive").outputText()).isEqualTo("alive\n");
    }

    @Test
    void anInterruptEndsACommandThatGoesOn() throws Exception {
        var started = folder.resolve("started");
        var thrown = new AtomicReference<Throwable>();
        var finished = new CountDownLatch(1);
        var caller = Thread.ofVirtual().start(() -> {
            try {
                run("touch started; sleep 600");
            } catch (Throwable e) {
                thrown.set(e);
            }
            finished.countDown();
        });
        while (!Files.exists(started)) {
            Thread.onSpinWait();
        }

        caller.interrupt();
        finished.await();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(server.terminated()).hasSize(1);
    }

    @Test
    void whatACommandWritesWithoutEndIsKeptByItsTwoEnds() throws Exception {
        var result = run("echo first; head -c 60000000 /dev/zero | tr '\\0' x; echo last");

        assertThat(result.complete()).isFalse();
        assertThat(result.outputText()).startsWith("first\nx").endsWith("xlast\n").hasSize(ShellText.LIMIT + "[truncated]".length());
    }

    @Test
    void aWrongKeyIsAConnectionError() throws Exception {
        try (var other = new FakeWorkspace(folder)) {
            var stranger = new Capability(
                    "shell", "ssh/2", server.capability().url(), other.capability().params());

            assertThatThrownBy(() -> SshWorkspace.connect(stranger, FakeWorkspace::route)).isInstanceOf(SshConnectionException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n", "secret", "-----BEGIN RSA PRIVATE KEY-----\n!secret!\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n!secret!\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n-----END OPENSSH PRIVATE KEY-----\n"
    })
    void anUnreadableKeyIsAConnectionErrorThatDoesNotQuoteIt(String key) {
        assertNoWay("client_key", key).hasMessageNotContaining("secret");
    }

    @Test
    void aPathThatIsNoneIsAConnectionErrorToo() {
        assertNoWay("client_key_path", "\0");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertNoWay(String param, String value) {
        var odd = new Capability("shell", "ssh/2", server.capability().url(), Json.object().put(param, value));
        return assertThatThrownBy(() -> SshWorkspace.connect(odd, FakeWorkspace::route)).isInstanceOf(SshConnectionException.class);
    }

    private CommandResult run(String command) throws Exception {
        return workspace.run(command, new byte[0], Deadline.none());
    }

    /** A drop may be noticed a moment after the next command began: that one may fail as a lost connection, the one after it must not. */
    private String whenNoticed(String command) throws Exception {
        try {
            return run(command).outputText();
        } catch (SshConnectionException droppedJustNow) {
            return run(command).outputText();
        }
    }
}
