// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputLines;
import dev.assay.sdk.runtimes.OutputTail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A parent, which has loaded an environment and forks a child for each rollout, with the process that keeps it: that one is outside of
 * the parent's walls and puts up the children's. Whatever becomes of the parent, its children live on.
 */
final class Keeper extends RunningSandbox {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    static final JsonMapper JSON = new JsonMapper();
    private static final String SCRIPT = Stream.of("walls.py", "relay.py", "child.py", "keeper.py")
            .map(ProcessRuntime::resource)
            .collect(Collectors.joining("\n"));

    /** The script does not stand on the command line, which the children see: it comes before the first request. */
    private static final String READ = "import os\nleft, script = int(os.read(0, 8)), b''\n"
            + "while len(script) < left: script += os.read(0, left - len(script)) or os._exit(0)\nexec(script)";

    private final Process process;
    private final OutputTail said = new OutputTail();
    private final CompletableFuture<String> loaded = new CompletableFuture<>();
    private final CompletableFuture<Integer> gone = new CompletableFuture<>();
    private final Map<String, ForkedProcess> children = new ConcurrentHashMap<>();

    private Keeper(String id, SandboxFolder folder, ControlGroup group, Process process) {
        super(id, folder, group, null);
        this.process = process;
        OutputLines.start("parent-output", process.getErrorStream(), said::add);
        Thread.ofPlatform().daemon().name("keeper").start(() -> {
            OutputLines.read(process.getInputStream(), this::hear);
            loaded.completeExceptionally(new IOException("the parent's keeper ended: " + said.last()));
            gone.complete(-1);
            children.values().forEach(child -> child.ended(ForkedProcess.UNKNOWN));
        });
    }

    /** @param parent as keeper.py reads it */
    static Keeper start(PythonInterpreter python, String id, SandboxFolder folder, ControlGroup group, Map<String, Object> parent)
            throws IOException {
        var builder = new ProcessBuilder(python.executable().toString(), "-I", "-S", "-c", READ);
        builder.environment().clear();
        var script = SCRIPT.getBytes(StandardCharsets.UTF_8);
        var keeper = new Keeper(id, folder, group, LaunchThread.start(builder));
        keeper.process.getOutputStream().write("%08d".formatted(script.length).getBytes(StandardCharsets.US_ASCII));
        keeper.process.getOutputStream().write(script);
        keeper.send(parent);
        return keeper;
    }

    /** Done once the environment is loaded: why it cannot be forked, for its author; empty if it can. */
    CompletableFuture<String> loaded() {
        return loaded;
    }

    /** What the parent printed. */
    OutputTail said() {
        return said;
    }

    /** @param asked as keeper.py reads it */
    void fork(ForkedProcess child, Map<String, Object> asked) throws IOException {
        children.put(child.id(), child);
        send(asked);
    }

    void begin(ForkedProcess child) throws IOException {
        send(Map.of("do", "begin", "id", child.id()));
    }

    void read(ForkedProcess child) {
        tell(Map.of("do", "read", "id", child.id()));
    }

    void end(ForkedProcess child, int signal) {
        tell(Map.of("do", "end", "id", child.id(), "signal", signal));
    }

    /** A keeper that is gone has ended what it kept. */
    private void tell(Map<String, Object> request) {
        try {
            send(request);
        } catch (IOException e) {
            LOG.debug("the keeper is gone: {}", e.toString());
        }
    }

    private synchronized void send(Map<String, Object> request) throws IOException {
        var out = process.getOutputStream();
        out.write((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void hear(String line) {
        try {
            var answer = JSON.readTree(line);
            if (answer.has("parent")) {
                loaded.complete(answer.path("parent").asString());
            } else if (answer.has("gone")) {
                loaded.complete("it ended with code " + answer.path("gone").asInt() + " while it was loaded: " + said.last());
                gone.complete(answer.path("gone").asInt());
            } else if (answer.has("started")) {
                child(answer, "started").started();
            } else if (answer.has("failed")) {
                child(answer, "failed").failed(answer.path("why").asString());
                children.remove(answer.path("failed").asString());
            } else if (answer.has("ended")) {
                child(answer, "ended").ended(answer.path("code").asInt());
                children.remove(answer.path("ended").asString());
            }
        } catch (JacksonException | IllegalStateException e) {
            LOG.warn("a keeper says what nobody understands: {}", e.toString());
        }
    }

    private ForkedProcess child(JsonNode answer, String member) {
        var child = children.get(answer.path(member).asString());
        if (child == null) {
            throw new IllegalStateException("no such child: " + answer);
        }
        return child;
    }

    int children() {
        return children.size();
    }

    @Override
    boolean alive() {
        return !gone.isDone();
    }

    @Override
    CompletableFuture<Integer> onExit() {
        return gone;
    }

    @Override
    Set<Long> processes() {
        return Set.copyOf(group().members());
    }

    @Override
    void kill() {
        group().kill();
    }

    @Override
    boolean askToEnd() {
        return false;
    }

    @Override
    void awaitOutput(Duration time) {}

    /** Ends it with all its children. */
    void destroy() {
        process.destroyForcibly();
        close(Duration.ZERO);
    }
}
