// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Raw streams to capabilities through the control port. */
class TunnelTests {

    private final FakeEnvironment environment = new FakeEnvironment();
    private ControlServer server;
    private ServerSocket backend;

    @BeforeEach
    void serve() throws IOException {
        backend = new ServerSocket(0);
        int closedPort;
        try (var closed = new ServerSocket(0)) {
            closedPort = closed.getLocalPort();
        }
        environment.capabilities = List.of(
                new Capability("shell", "ssh/2", "ssh://agent:secret@127.0.0.1:" + backend.getLocalPort() + "/path?q=1"),
                new Capability("portless", "rfb/3.8", "rfb://127.0.0.1"),
                new Capability("dead", "cdp/1.3", "ws://127.0.0.1:" + closedPort));
        server = ControlServer.bind(environment, "127.0.0.1", 0);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        backend.close();
    }

    @Test
    void forwardsEarlyBytesAndHalfCloses() throws IOException {
        try (var peer = new RawPeer(server.port())) {
            peer.sendRaw("{\"id\":1,\"method\":\"tunnel.open\",\"params\":{\"capability\":\"shell\"}}\nearly".getBytes());
            try (var accepted = backend.accept()) {
                assertThat(peer.read()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"capability\":\"shell\"}}");
                peer.sendRaw(" late".getBytes()).halfClose();
                assertThat(accepted.getInputStream().readAllBytes()).asString().isEqualTo("early late");
                accepted.getOutputStream().write("answer".getBytes());
                accepted.shutdownOutput();
                assertThat(peer.readAll()).isEqualTo("answer");
            }
        }
    }

    @Test
    void staysSilentAboutATunnelWithoutId() throws IOException {
        try (var peer = new RawPeer(server.port())) {
            peer.send("{\"method\":\"tunnel.open\",\"params\":{\"capability\":\"shell\"}}");
            try (var accepted = backend.accept()) {
                accepted.getOutputStream().write("raw".getBytes());
                assertThat(peer.readBytes(3)).isEqualTo("raw");
            }
        }
    }

    @Test
    void endsTheFarSideWhenOneSideBreaks() throws IOException {
        try (var peer = new RawPeer(server.port())) {
            peer.send("{\"id\":1,\"method\":\"tunnel.open\",\"params\":{\"capability\":\"shell\"}}");
            try (var accepted = backend.accept()) {
                peer.read();
                accepted.setSoLinger(true, 0);
            }
            assertThat(readToTheEnd(peer)).isEmpty();
        }
        try (var peer = new RawPeer(server.port())) {
            peer.send("{\"id\":1,\"method\":\"tunnel.open\",\"params\":{\"capability\":\"shell\"}}");
            try (var accepted = backend.accept()) {
                peer.read();
                peer.reset();
                accepted.setSoTimeout(10_000);
                assertThat(readToTheEnd(accepted)).isEqualTo(-1);
            }
        }
    }

    private static String readToTheEnd(RawPeer peer) throws IOException {
        try {
            return peer.readAll();
        } catch (SocketException _) {
            return "";
        }
    }

    private static int readToTheEnd(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException _) {
            return -1;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | -32602 | tunnel.open: 'capability' must be a string",
                "\"portless\" | -32602 | capability 'portless' has no host:port to tunnel to",
                "\"x\" | -32000 | \\\"unknown capability: 'x'\\\"",
                "\"dead\" | -32000 | Connection refused",
            })
    void refusesWhatCannotBeReached(String capability, int code, String message) throws IOException {
        try (var peer = new RawPeer(server.port())) {
            assertThat(peer.ask(1, "tunnel.open", "{\"capability\":" + capability + "}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":" + code + ",\"message\":\"" + message + "\"}}");
            assertThat(peer.read()).isEqualTo("<end>");
        }
    }

    @Test
    void theClientOpensTunnelsThatEndWithIt() throws Exception {
        try (var client = ControlClient.connect("127.0.0.1", server.port(), Duration.ofMinutes(1))) {
            try (var tunnel = client.openTunnel("shell");
                    var accepted = backend.accept()) {
                accepted.getOutputStream().write("hi".getBytes());
                assertThat(tunnel.getInputStream().readNBytes(2)).asString().isEqualTo("hi");
            }
            try (var tunnel = client.openTunnel("shell");
                    var accepted = backend.accept()) {
                tunnel.getOutputStream().write("ho".getBytes());
                assertThat(accepted.getInputStream().readNBytes(2)).asString().isEqualTo("ho");
                client.close();
                assertThat(readToTheEnd(accepted)).isEqualTo(-1);
            }
            assertThatThrownBy(() -> client.openTunnel("shell")).hasMessageContaining("closed");
        }
    }

    @Test
    void theClientFindsACapabilityByItsFamily() throws Exception {
        try (var client = ControlClient.connect("127.0.0.1", server.port(), Duration.ofMinutes(1))) {
            assertThat(client.capability("ssh").name()).isEqualTo("shell");
        }
    }

    @Test
    void theClientSaysWhyATunnelWasRefused() throws Exception {
        try (var client = ControlClient.connect("127.0.0.1", server.port(), Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> client.openTunnel("x"))
                    .isInstanceOf(RpcException.class)
                    .hasMessageContaining("unknown capability: 'x'");
            assertThatThrownBy(() -> client.capability("mcp"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining("shell (ssh/2)");
        }
    }
}
