// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Connections of their own to an engine of this machine, whose answers go to somebody in a project as they come. What that one sends goes to
 * the engine only once it has said that these bytes are a command's: before, it would take them for further questions.
 */
final class EngineConnection {

    private static final String SWITCHED = "HTTP/1.1 101 ";
    private static final String RAW = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

    private final Path socket;

    EngineConnection(Engine engine) {
        this.socket = Path.of(URI.create(engine.address()).getPath());
    }

    /** Asks one question, with nothing after it. */
    void passOn(AccessWish.Asking asking, SocketChannel peer) throws IOException {
        try (var engine = connected()) {
            ask(engine, asking.method() + " " + asking.path(), "Connection: close", asking.body());
            copy(engine, peer);
        }
    }

    void join(AccessWish.Attaching attaching, SocketChannel peer) throws IOException, AccessRefused {
        try (var engine = connected()) {
            var body = Json.object().put("Detach", false).put("Tty", attaching.terminal()).toString();
            ask(engine, "POST " + attaching.version() + "/exec/" + attaching.command() + "/start", "Connection: Upgrade\r\nUpgrade: tcp", body);
            var head = AccessRequest.head(Channels.newInputStream(engine));
            if (head == null || !head.startsWith(SWITCHED)) {
                throw new AccessRefused(409, "the command cannot be started: " + (head == null ? "the engine hung up" : head.lines().findFirst().orElse("")));
            }
            var said = attaching.upgrades() ? head + "\r\n\r\n" : RAW;
            Channels.newOutputStream(peer).write(said.getBytes(StandardCharsets.ISO_8859_1));
            var input = Thread.ofVirtual().name("service-access").start(() -> sendOn(peer, engine));
            copy(engine, peer);
            peer.close(); // which ends the other direction, too
            input.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SocketChannel connected() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private static void ask(SocketChannel engine, String what, String connection, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = what + " HTTP/1.1\r\nHost: docker\r\n" + connection + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        var out = Channels.newOutputStream(engine);
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes);
    }

    private static void copy(SocketChannel from, SocketChannel to) throws IOException {
        Channels.newInputStream(from).transferTo(Channels.newOutputStream(to));
    }

    /** Until it ends; then the command is told so, and may go on. */
    private static void sendOn(SocketChannel peer, SocketChannel engine) {
        try {
            copy(peer, engine);
            engine.shutdownOutput();
        } catch (IOException e) {
            // nobody is there any more, on one side or the other
        }
    }
}
