// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.ControlServer;
import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.protocol.ServedEnvironment;
import dev.assay.sdk.protocol.ServedTask;
import dev.assay.sdk.protocol.TaskTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A workspace by the way that a worker takes: tunnels through the control channel's socket. */
@Timeout(60)
class TunnelledWorkspaceTests {

    @TempDir
    Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void theWayToAWorkspaceOpensNoPortThatOthersOnTheMachineCouldDial() throws Exception {
        try (var server = new FakeWorkspace(folder);
                var control = ControlServer.bind(new Offering(server.capability()), "127.0.0.1", 0);
                var client = ControlClient.connect("127.0.0.1", control.port(), Duration.ofSeconds(10))) {
            var before = ownListeners();
            assertThat(before).as("the fake's own two are seen").hasSizeGreaterThanOrEqualTo(2);
            try (var workspace = connect(client)) {
                assertThat(echo(workspace, "there")).isEqualTo("there\n");
                assertThat(ownListeners()).isEqualTo(before);
            }
        }
    }

    @Test
    void aWorkspaceBehindAUnixSocketWorksAndIsDialledAgain() throws Exception {
        var socket = UnixDomainSocketAddress.of(folder.resolve("control"));
        try (var server = new FakeWorkspace(folder);
                var control = ControlServer.bind(new Offering(server.capability()), "127.0.0.1", 0);
                var relay = relay(socket, control.port());
                var client = ControlClient.connect(socket, Duration.ofSeconds(10));
                var workspace = connect(client)) {
            var command = "head -c 3000000 /dev/zero | tr '\\0' x | tee copy | wc -c; cat >> copy";
            var big = workspace.run(command, new byte[2_000_000], Deadline.none());
            assertThat(big.outputText()).isEqualTo("3000000\n");
            assertThat(folder.resolve("copy")).hasSize(5_000_000);
            server.dropConnections();
            String again;
            try {
                again = echo(workspace, "back");
            } catch (SshConnectionException droppedMeanwhile) {
                again = echo(workspace, "back");
            }
            assertThat(again).isEqualTo("back\n");
        }
    }

    @Test
    void aClosedControlChannelEndsTheWorkspace() throws Exception {
        try (var server = new FakeWorkspace(folder);
                var control = ControlServer.bind(new Offering(server.capability()), "127.0.0.1", 0);
                var client = ControlClient.connect("127.0.0.1", control.port(), Duration.ofSeconds(10));
                var workspace = connect(client)) {
            assertThat(echo(workspace, "there")).isEqualTo("there\n");
            client.close();
            assertThatThrownBy(() -> {
                        echo(workspace, "still there");
                        echo(workspace, "still there");
                    })
                    .isInstanceOf(SshConnectionException.class);
        }
    }

    private static SshWorkspace connect(ControlClient client) throws Exception {
        return SshWorkspace.connect(client.capability("ssh"), capability -> client.openTunnel(capability.name()));
    }

    private static String echo(SshWorkspace workspace, String word) throws Exception {
        return workspace.run("echo " + word, new byte[0], Deadline.none()).outputText();
    }

    /** The TCP sockets of this very process that listen. */
    private static Set<String> ownListeners() throws IOException {
        Set<String> own;
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            own = descriptors.map(TunnelledWorkspaceTests::target).collect(Collectors.toSet());
        }
        return List.of("/proc/self/net/tcp", "/proc/self/net/tcp6").stream()
                .map(Path::of)
                .filter(Files::exists)
                .flatMap(table -> lines(table).stream())
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[3].equals("0A"))
                .map(fields -> "socket:[" + fields[9] + "]")
                .filter(own::contains)
                .collect(Collectors.toSet());
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a sandbox's relay does: a Unix socket that leads to the port where the environment serves. */
    private static ServerSocketChannel relay(UnixDomainSocketAddress socket, int port) throws IOException {
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(socket);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    var one = listener.accept();
                    var other = Dial.to(new InetSocketAddress("127.0.0.1", port), Duration.ofSeconds(10));
                    var in = Channels.newInputStream(one);
                    var out = Channels.newOutputStream(one);
                    Thread.ofVirtual().start(() -> copy(in, other));
                    Thread.ofVirtual().start(() -> {
                        try (one) {
                            other.getInputStream().transferTo(out);
                        } catch (IOException broken) {
                            // closed with the rest
                        }
                    });
                }
            } catch (IOException closed) {
                // the test is over
            }
        });
        return listener;
    }

    private static void copy(InputStream in, Socket to) {
        try (to) {
            in.transferTo(to.getOutputStream());
        } catch (IOException broken) {
            // closed with the rest
        }
    }

    private record Offering(Capability capability) implements ServedEnvironment {

        @Override
        public String name() {
            return "offering";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public List<Capability> capabilities() {
            return List.of(capability);
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
