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

    /** Each stays with the engine for minutes after it has ended. */
    private static final int MOST_COMMANDS = 10_000;

    private final Engine engine;
    private final SeenServices services;
    private final Version version;
    private final Path socket;
    private final ServerSocketChannel listening;
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final Set<String> commands = ConcurrentHashMap.newKeySet();
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
        try {
            while (true) {
                free.acquire();
                var peer = listening.accept();
                open.add(peer);
                Thread.ofVirtual().name("service-access").start(() -> serve(peer));
                if (closed) {
                    close(peer);
                }
            }
        } catch (IOException | InterruptedException e) {
            if (!closed) {
                LOG.warn("a project finds its services no more: {}", e.toString());
                close(); // whoever comes is told at once
            }
        }
    }

    private void serve(SocketChannel peer) {
        try (peer) {
            answer(peer);
        } catch (IOException e) {
            LOG.debug("a question about services broke off: {}", e.toString());
        } finally {
            open.remove(peer);
            free.release();
        }
    }

    private void answer(SocketChannel peer) throws IOException {
        try {
            var request = AccessRequest.read(Channels.newInputStream(peer));
            if (request != null) {
                answer(peer, AccessRules.wish(request, services, commands::contains));
            }
        } catch (AccessRefused e) {
            say(peer, e.status(), message(e.getMessage()));
        } catch (EngineException e) {
            say(peer, e.isAway() ? 502 : e.status(), message(e.getMessage()));
        }
    }

    private static JsonNode message(String text) {
        return Json.object().put("message", text);
    }

    private void answer(SocketChannel peer, AccessWish wish) throws IOException, AccessRefused, EngineException {
        switch (wish) {
            case AccessWish.Ping() -> say(peer, 200, "text/plain", "OK".getBytes(StandardCharsets.UTF_8));
            case AccessWish.Version() -> say(peer, 200, SeenContainer.version(version));
            case AccessWish.Listing listing -> {
                var listed = Json.array();
                for (var service : services.all()) {
                    var seen = new SeenContainer(service, services.labels(service), engine.container(service.id()));
                    if (seen.isAmong(listing) && (listing.most() == 0 || listed.size() < listing.most())) {
                        listed.add(seen.inList());
                    }
                }
                say(peer, 200, listed);
            }
            case AccessWish.Inspection(Seen service) ->
                say(peer, 200, new SeenContainer(service, services.labels(service), engine.container(service.id())).whole());
            case AccessWish.Log(Seen service, int lines) -> say(peer, 200, "application/vnd.docker.multiplexed-stream", SeenContainer.log(service, lines));
            case AccessWish.Command(Seen service, JsonNode command) -> say(peer, 201, Json.object().put("Id", prepared(service, command)));
            case AccessWish.Asking asking -> new EngineConnection(engine).passOn(asking, peer);
            case AccessWish.Attaching attaching -> new EngineConnection(engine).join(attaching, peer);
        }
    }

    private String prepared(Seen service, JsonNode command) throws AccessRefused, EngineException {
        if (commands.size() >= MOST_COMMANDS) {
            throw new AccessRefused(429, "no more than " + MOST_COMMANDS + " commands are run for one project");
        }
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
