// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A controller's end of an environment's control channel.
 *
 * <p>Calls follow one another; only {@link #cancel} may be called while another call runs. Closing from another thread, or
 * interrupting the calling one, ends a running call at once. A heartbeat keeps the session known while nothing else is said.
 *
 * <p>Every call throws {@link RpcException} for an error reply, after which the connection still stands, and another
 * {@link IOException} when the connection is gone.
 */
public final class ControlClient implements AutoCloseable {

    private static final Duration RETRY_EVERY = Duration.ofMillis(500);
    private static final Duration LONGEST_DIAL = Duration.ofSeconds(30);
    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(2);

    private final SocketAddress address;
    private final RpcConnection connection;
    private final Manifest manifest;
    private final Set<Socket> tunnels = ConcurrentHashMap.newKeySet();
    private final Heartbeat heartbeat;
    private volatile boolean closing;

    private ControlClient(SocketAddress address, RpcConnection connection, Manifest manifest, Heartbeat.Pace pace) {
        this.address = address;
        this.connection = connection;
        this.manifest = manifest;
        this.heartbeat = Heartbeat.start(connection, manifest.sessionId(), pace);
    }

    /**
     * Connects and shakes hands. A host without a name yet, a port that refuses, or accepts and hangs up, is an environment that is not
     * ready: it is tried again every half second until the time is over. An error reply ends the attempts.
     */
    public static ControlClient connect(String host, int port, Duration readyTimeout) throws IOException, InterruptedException {
        return connect(InetSocketAddress.createUnresolved(host, port), readyTimeout);
    }

    /** The same at any address that {@link Dial} knows. */
    public static ControlClient connect(SocketAddress address, Duration readyTimeout) throws IOException, InterruptedException {
        return connect(address, readyTimeout, Heartbeat.Pace.USUAL);
    }

    static ControlClient connect(SocketAddress address, Duration readyTimeout, Heartbeat.Pace heartbeat)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + readyTimeout.toNanos();
        while (true) {
            var left = Duration.ofNanos(Math.max(deadline - System.nanoTime(), 1_000_000));
            try {
                return attempt(resolved(address), left, heartbeat);
            } catch (EOFException | SocketException | SocketTimeoutException | UnknownHostException notReady) {
                if (System.nanoTime() >= deadline) {
                    throw notReady;
                }
            }
            Thread.sleep(RETRY_EVERY);
        }
    }

    private static ControlClient attempt(SocketAddress address, Duration limit, Heartbeat.Pace heartbeat) throws IOException {
        var connection = new RpcConnection(Dial.to(address, shorter(limit)));
        try {
            var manifest = manifest(connection.call("hello", Json.object(), limit));
            return new ControlClient(address, connection, manifest, heartbeat);
        } catch (IOException | RuntimeException failed) {
            connection.close();
            throw failed;
        }
    }

    /** Anew with each attempt: a name may come to stand for an address, or for another one. */
    private static SocketAddress resolved(SocketAddress address) {
        return address instanceof InetSocketAddress named && named.isUnresolved()
                ? new InetSocketAddress(named.getHostString(), named.getPort())
                : address;
    }

    private static Duration shorter(Duration limit) {
        return limit.compareTo(LONGEST_DIAL) < 0 ? limit : LONGEST_DIAL;
    }

    private static Manifest manifest(ObjectNode result) throws RpcException {
        try {
            var manifest = Json.MAPPER.treeToValue(result, Manifest.class);
            if (manifest.sessionId() != null && manifest.env() != null && manifest.bindings() != null) {
                return manifest;
            }
        } catch (JacksonException malformed) {
            throw new RpcException(RpcException.BAD_REPLY, "'hello': " + reason(malformed));
        }
        throw new RpcException(RpcException.BAD_REPLY, "'hello': the reply lacks session_id, env or bindings");
    }

    /** In our words: the library's are about our classes. */
    private static String reason(JacksonException malformed) {
        return malformed.getCause() instanceof IllegalArgumentException told
                ? String.valueOf(told.getMessage())
                : "a member of the reply is of another type than it should be";
    }

    /** What the environment said when the connection was made. */
    public Manifest hello() {
        return manifest;
    }

    /**
     * Binds connections to workspaces that say {@code process_connections} of themselves, in place of those that were bound before. They
     * last as long as this client and the task that it started. To be called before anybody uses the workspace's shell.
     *
     * @throws RpcException if the environment refuses
     */
    public void bind(List<BoundConnection> connections) throws IOException {
        var params = Json.object();
        params.set("connections", Json.tree(connections));
        params.put("session_id", manifest.sessionId());
        heartbeat.say(params); // first: one that is sent after this call and without them would end them
        connection.call("hello", params, null);
    }

    /** The templates of the environment. */
    public List<TaskTemplate> tasks() throws IOException {
        var tasks = rawTasks();
        if (!tasks.isArray()) {
            throw new RpcException(RpcException.BAD_REPLY, "tasks.list: 'tasks' must be a list");
        }
        try {
            return tasks.valueStream().map(task -> Json.MAPPER.treeToValue(task, TaskTemplate.class)).toList();
        } catch (JacksonException malformed) {
            throw new RpcException(RpcException.BAD_REPLY, "tasks.list: " + reason(malformed));
        }
    }

    /** The templates as they came. */
    public JsonNode rawTasks() throws IOException {
        return RpcConnection.member(connection.call("tasks.list", Json.object(), null), "tasks");
    }

    /** Starts a task and returns its prompt frame: an object with {@code prompt} and whatever else the template adds. */
    public ObjectNode start(String task, @Nullable JsonNode args) throws IOException {
        var params = Json.object().put("id", task).set("args", args == null ? Json.object() : args);
        return connection.call("tasks.start", (ObjectNode) params, null);
    }

    /**
     * Grades the started task, or the one task that waits parked, and returns the grade frame, whose {@code score} is a finite number.
     *
     * @param payload normally an object with the single member {@code answer}
     */
    public ObjectNode grade(ObjectNode payload) throws IOException {
        var frame = connection.call("tasks.grade", payload, null);
        var score = frame.path("score");
        if (!score.isNumber() || !Double.isFinite(Json.doubleOf(score))) {
            throw new RpcException(
                    RpcException.BAD_REPLY, "tasks.grade: result must include a finite numeric 'score', got " + PythonText.repr(score));
        }
        return frame;
    }

    /**
     * Gives the task up, also while {@link #start} or {@link #grade} runs in another thread: that call then fails. Waits two seconds at
     * most, also for an environment that reads nothing any more; one that has not answered by then is cut off.
     *
     * @return whether the environment confirmed
     */
    public boolean cancel() {
        try {
            connection.callBeside("tasks.cancel", Json.object(), CANCEL_LIMIT);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Does what goes on between the calls and needs the environment. If the connection is lost meanwhile, the thread is interrupted: what
     * is done without an environment is done for nothing.
     *
     * @throws ControlLostException if that happened, whatever the work itself came to; {@link #close} is no loss
     */
    public <T> T during(Callable<T> work) throws Exception {
        var watch = new LossWatch(Thread.currentThread());
        connection.end().thenAccept(reason -> {
            if (!closing) {
                watch.lost(reason);
            }
        });
        T result;
        try {
            result = work.call();
        } catch (Throwable failed) {
            watch.end();
            throw failed;
        }
        watch.end();
        return result;
    }

    /** Whether the connection still stands. */
    public boolean isOpen() {
        return connection.isOpen();
    }

    /**
     * A new stream of raw bytes to a capability, until it or this client is closed. No port is opened for it: what anybody else on this
     * machine could dial would be theirs as well.
     */
    public Socket openTunnel(String capability) throws IOException {
        var socket = Dial.to(address, LONGEST_DIAL);
        tunnels.removeIf(Socket::isClosed);
        tunnels.add(socket);
        var tooLate = CompletableFuture.runAsync(
                () -> Splice.close(socket), CompletableFuture.delayedExecutor(LONGEST_DIAL.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
        try {
            if (!isOpen()) {
                throw new EOFException("the control channel is closed");
            }
            var preface = Frames.request(1, "tunnel.open", Json.object().put("capability", capability));
            socket.getOutputStream().write(Frames.encode(preface));
            readTunnelReply(socket);
            return socket;
        } catch (IOException refused) {
            Splice.close(socket);
            tunnels.remove(socket);
            throw refused;
        } finally {
            tooLate.cancel(false);
        }
    }

    /** Byte by byte: what follows the reply belongs to the capability. */
    private static void readTunnelReply(Socket socket) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = socket.getInputStream().read(); next != '\n'; next = socket.getInputStream().read()) {
            if (next < 0 || line.size() > Frames.LIMIT) {
                throw new EOFException("env closed connection during 'tunnel.open'");
            }
            line.write(next);
        }
        var error = Frames.decode(line.toByteArray()).get("error");
        if (error != null) {
            throw new RpcException(error.path("code").asInt(RpcException.FAILED), error.path("message").asString(""));
        }
    }

    /**
     * The capability with that name, protocol or protocol family.
     *
     * @throws NoSuchElementException if there is none, or more than one
     */
    public Capability capability(String reference) {
        var matches = manifest.bindings().stream().filter(one -> one.answersTo(reference)).toList();
        if (matches.size() != 1) {
            var known = manifest.bindings().stream().map(one -> one.name() + " (" + one.protocol() + ")").toList();
            throw new NoSuchElementException(
                    (matches.isEmpty() ? "no" : "ambiguous") + " capability '" + reference + "' among " + known);
        }
        return matches.getFirst();
    }

    /** Hangs up without a word: a task that was started stays parked in the environment and can still be graded. */
    @Override
    public void close() {
        closing = true;
        heartbeat.stop();
        connection.close();
        tunnels.forEach(Splice::close);
    }
}
