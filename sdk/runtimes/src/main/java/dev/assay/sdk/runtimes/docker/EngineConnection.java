// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Connections of their own to an engine of this machine, whose answers go to somebody in a project as they come. What that one sends goes to
 * the engine only once it has said that these bytes are a command's: before, it would take them for further questions.
 */
final class EngineConnection {

    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.[01] (\\d{3})( [^\r\n]*)?");
    private static final int SWITCHED = 101;
    private static final int REFUSED = 400;
    private static final String RAW = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

    private final Path socket;

    EngineConnection(Engine engine) {
        this.socket = Path.of(URI.create(engine.address()).getPath());
    }

    /** Asks one question, with nothing after it; returns with which status it was answered. */
    int passOn(String method, String path, String body, SocketChannel peer) throws IOException, AccessRefused {
        try (var engine = connected()) {
            ask(engine, method + " " + path, "Connection: close", body);
            var head = answered(engine);
            write(peer, shown(head));
            copy(engine, peer);
            return status(head);
        }
    }

    /**
     * Starts a command whose streams are the connection's from then on.
     *
     * @param begun called once they are
     */
    void join(AccessWish.Starting starting, SocketChannel peer, Runnable begun) throws IOException, AccessRefused {
        try (var engine = connected()) {
            ask(engine, "POST " + starting.path(), "Connection: Upgrade\r\nUpgrade: tcp", starting.body());
            var head = answered(engine);
            if (status(head) != SWITCHED) {
                throw new AccessRefused(502, "the engine does not say that these are a command's streams");
            }
            begun.run();
            write(peer, starting.upgrades() ? shown(head) : RAW);
            var input = Thread.ofVirtual().name("service-access").start(() -> sendOn(peer, engine));
            copy(engine, peer);
            peer.close(); // which ends the other direction, too
            input.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The head of an answer that is well. What an engine says of what went wrong may tell of its machine: the status is enough. */
    private static String answered(SocketChannel engine) throws IOException, AccessRefused {
        var head = AccessRequest.head(Channels.newInputStream(engine));
        if (head == null) {
            throw new IOException("the engine hung up");
        }
        int status = status(head);
        if (status >= REFUSED) {
            throw new AccessRefused(status, reason(status));
        }
        return head;
    }

    /** In a sentence of ours. */
    static String reason(int status) {
        return switch (status) {
            case 404 -> "there is no such thing in the service's container";
            case 409 -> "the service's container does not run, or the command has begun already";
            default -> "the engine cannot do it";
        };
    }

    private static int status(String head) throws IOException {
        var answer = ANSWER.matcher(head.lines().findFirst().orElse(""));
        if (!answer.matches()) {
            throw new IOException("the engine answers in another way than HTTP's");
        }
        return Integer.parseInt(answer.group(1));
    }

    private static String shown(String head) {
        return head.lines().filter(line -> !line.regionMatches(true, 0, "server:", 0, 7)).collect(Collectors.joining("\r\n")) + "\r\n\r\n";
    }

    private static void write(SocketChannel to, String text) throws IOException {
        Channels.newOutputStream(to).write(text.getBytes(StandardCharsets.ISO_8859_1));
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
