// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Version;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.docker.SeenServices.Seen;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The engine as a project's environment finds it at a socket: its own services, and what {@link AccessRules} let it do with them. One
 * request is answered on each connection.
 */
final class ServiceAccess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceAccess.class);
    private static final int MOST_CONNECTIONS = 16;
    private static final int MOST_STREAMS = 128;
    private static final int DONE = 204;

    /** What the engine does for a project nobody counts. */
    private static final int QUESTIONS_AT_ONCE = 2;

    private static final long AGAIN_MILLIS = 500;

    private final Engine engine;
    private final SeenServices services;
    private final Version version;
    private final Path socket;
    private final ServerSocketChannel listening;
    private final PreparedCommands commands = new PreparedCommands();
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private final Semaphore streams = new Semaphore(MOST_STREAMS);
    private final Semaphore asking = new Semaphore(QUESTIONS_AT_ONCE);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ServiceAccess(Engine engine, SeenServices services, Version version, Path socket, ServerSocketChannel listening) {
        this.engine = engine;
        this.services = services;
        this.version = version;
        this.socket = socket;
        this.listening = listening;
    }

    /** @param socket where to listen; whoever sees it may come, as users of images differ */
    static ServiceAccess open(Engine engine, SeenServices services, Path socket) throws EngineException, IOException {
        var version = engine.ask(docker -> docker.versionCmd().exec());
        var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        var access = new ServiceAccess(engine, services, version, socket, listening);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        Thread.ofVirtual().name("service-access").start(access::accept);
        return access;
    }

    private void accept() {
        while (!closed) {
            try {
                free.acquire();
                var peer = listening.accept();
                open.add(peer);
                Thread.ofVirtual().name("service-access").start(() -> serve(peer));
                if (closed) {
                    close(peer);
                }
            } catch (IOException e) {
                free.release();
                again();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** As when there are too many open files. */
    private static void again() {
        try {
            Thread.sleep(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel peer) {
        var counted = new AtomicBoolean(true);
        Runnable release = () -> {
            if (counted.compareAndSet(true, false)) {
                free.release();
            }
        };
        try (peer) {
            answer(peer, release);
        } catch (IOException | RuntimeException e) {
            LOG.debug("a question about services broke off: {}", e.toString());
        } finally {
            open.remove(peer);
            release.run();
        }
    }

    private void answer(SocketChannel peer, Runnable release) throws IOException {
        try {
            var request = AccessRequest.read(Channels.newInputStream(peer));
            if (request != null) {
                var wish = AccessRules.wish(request, services, commands::has);
                if (wish instanceof AccessWish.Starting starting && !starting.detached()) {
                    join(starting, peer, release);
                } else {
                    answer(peer, wish);
                }
            }
        } catch (AccessRefused e) {
            say(peer, e.status(), message(e.getMessage()));
        } catch (EngineException e) {
            say(peer, e.isAway() ? 502 : e.status(), message(EngineConnection.reason(e.status())));
        }
    }

    /** Commands last: whoever waits with another question does not wait for them. */
    private void join(AccessWish.Starting starting, SocketChannel peer, Runnable release) throws IOException, AccessRefused {
        if (!streams.tryAcquire()) {
            throw new AccessRefused(429, "no more than " + MOST_STREAMS + " commands are listened to at a time");
        }
        try {
            commands.start(starting.command());
            new EngineConnection(engine).join(starting, peer, release);
        } finally {
            streams.release();
        }
    }

    private static JsonNode message(String text) {
        return Json.object().put("message", text);
    }

    private void answer(SocketChannel peer, AccessWish wish) throws IOException, AccessRefused, EngineException {
        if (!(wish instanceof AccessWish.Acting || wish instanceof AccessWish.Asking || wish instanceof AccessWish.Command)) {
            done(peer, wish);
            return;
        }
        asking.acquireUninterruptibly();
        try {
            done(peer, wish);
        } finally {
            asking.release();
        }
    }

    private void done(SocketChannel peer, AccessWish wish) throws IOException, AccessRefused, EngineException {
        var connection = new EngineConnection(engine);
        switch (wish) {
            case AccessWish.Ping() -> say(peer, 200, "text/plain", "OK".getBytes(StandardCharsets.UTF_8));
            case AccessWish.Version() -> say(peer, 200, SeenContainer.version(version));
            case AccessWish.Listing listing -> say(peer, 200, listed(listing));
            case AccessWish.Inspection(Seen service) -> say(peer, 200, seen(service).whole());
            case AccessWish.Log(Seen service, int lines) -> say(peer, 200, "application/vnd.docker.multiplexed-stream", SeenContainer.log(service, lines));
            case AccessWish.Command(Seen service, JsonNode command) -> say(peer, 201, Json.object().put("Id", prepared(service, command)));
            case AccessWish.Asking(var method, var path) -> connection.passOn(method, path, "", peer);
            case AccessWish.Acting(Seen service, var path) -> {
                boolean ran = Boolean.TRUE.equals(engine.container(service.id()).getState().getRunning());
                if (connection.passOn("POST", path, "", peer) == DONE && (path.contains("/restart") || !ran)) {
                    follow(service);
                }
            }
            case AccessWish.Starting starting -> {
                commands.start(starting.command());
                connection.passOn("POST", starting.path(), starting.body(), peer);
            }
        }
    }

    /** What it printed to ended with what ran before. */
    private void follow(Seen service) {
        try {
            engine.follow(service.id(), service.output()::add);
        } catch (EngineException e) {
            LOG.debug("what a service prints is not heard any more: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SeenContainer seen(Seen service) throws EngineException {
        return new SeenContainer(service, services.labels(service), engine.container(service.id()));
    }

    private JsonNode listed(AccessWish.Listing listing) throws EngineException {
        var listed = Json.array();
        for (var service : services.all()) {
            var seen = seen(service);
            if (seen.isAmong(listing) && (listing.most() == 0 || listed.size() < listing.most())) {
                listed.add(seen.inList());
            }
        }
        return listed;
    }

    private String prepared(Seen service, JsonNode command) throws AccessRefused, EngineException {
        commands.require(command.toString().length());
        var id = engine.ask(docker -> docker.execCreateCmd(service.id())
                        .withCmd(command.get("Cmd").valueStream().map(JsonNode::stringValue).toArray(String[]::new))
                        .withEnv(command.get("Env").valueStream().map(JsonNode::stringValue).toList())
                        .withWorkingDir(command.get("WorkingDir").stringValue())
                        .withUser(command.get("User").stringValue())
                        .withTty(command.get("Tty").booleanValue())
                        .withAttachStdin(command.get("AttachStdin").booleanValue())
                        .withAttachStdout(command.get("AttachStdout").booleanValue())
                        .withAttachStderr(command.get("AttachStderr").booleanValue())
                        .exec())
                .getId();
        commands.add(id);
        return id;
    }

    private void say(SocketChannel peer, int status, JsonNode body) throws IOException {
        say(peer, status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** To whoever asks for the head alone, a body is no harm: the connection ends. */
    private void say(SocketChannel peer, int status, String type, byte[] body) throws IOException {
        var head = "HTTP/1.1 " + status + " " + (status < 400 ? "OK" : "Refused") + "\r\nApi-Version: " + version.getApiVersion()
                + "\r\nOstype: linux\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n";
        var out = Channels.newOutputStream(peer);
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
    }

    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // nobody comes there any more
        }
        open.forEach(ServiceAccess::close);
    }

    private static void close(SocketChannel peer) {
        try {
            peer.close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
