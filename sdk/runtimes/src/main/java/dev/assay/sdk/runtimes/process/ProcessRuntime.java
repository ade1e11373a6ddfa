// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.OutputTail;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs environments as processes of this machine: each sandbox has its own copy of the source, HOME, scratch folder, process group and
 * limits, and where the machine allows it a view of nothing else. Neither a closed runtime nor a killed one leaves anything running.
 */
public final class ProcessRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "process";

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    private static final String SERVE = resource("serve.py");
    private static final String SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Where agents look for programs such as the Claude and the Codex CLI, each in a folder of its own. */
    public static final String AGENT_PROGRAMS = "/usr/local/lib/agents";

    /** Where a sandbox that has a network of its own finds its door. */
    private static final URI DOOR = URI.create("http://127.0.0.1:" + OwnNetwork.DOOR_PORT);

    /** Longer than any sandbox lives. */
    private static final Duration UNUSED = Duration.ofDays(7);

    private final Confinement confinement;
    private final SocketFolder sockets;
    private final ControlGroups groups;
    private final Owners owners;
    private final Workshop workshop;
    private final Versions versions;
    private final Reaper reaper;
    private final Pythons pythons;
    private final Set<ProcessSandbox> open = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor lifetimes =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("sandbox-lifetimes").factory());

    private ProcessRuntime(
            Confinement confinement, SocketFolder sockets, ControlGroups groups, Owners owners, Workshop workshop, Versions versions,
            Reaper reaper, Pythons pythons) {
        this.confinement = confinement;
        this.sockets = sockets;
        this.groups = groups;
        this.owners = owners;
        this.workshop = workshop;
        this.versions = versions;
        this.reaper = reaper;
        this.pythons = pythons;
        lifetimes.setRemoveOnCancelPolicy(true);
    }

    /**
     * Finds out what the machine allows.
     *
     * @param cache where virtual environments are kept; several folders of one machine may share one
     * @param environment the worker's own variables; of these only the settings of the package installer reach a sandbox
     */
    public static ProcessRuntime on(Path folder, Path cache, boolean wallOff, Map<String, String> environment) throws IOException {
        return on(folder, cache, wallOff, environment, null);
    }

    /**
     * The same, with programs of agents that sandboxes see at {@link #AGENT_PROGRAMS}.
     *
     * @param agentPrograms a folder; null: they see what this machine has there, as do sandboxes that are not walled off
     * @throws IOException also if that is no folder
     */
    public static ProcessRuntime on(
            Path folder, Path cache, boolean wallOff, Map<String, String> environment, @Nullable Path agentPrograms) throws IOException {
        if (agentPrograms != null && !Files.isDirectory(agentPrograms)) {
            throw new NotDirectoryException(agentPrograms + ", which is to hold the programs of agents,");
        }
        var home = Files.createDirectories(folder).toRealPath();
        var venvs = Files.createDirectories(cache).toRealPath();
        var owners = new Owners(home.resolve("owners"));
        var sockets = SocketFolder.create(owners.self());
        var confinement = wallOff ? Confinement.probe(home, sockets, Workshop.ownUser() == 0) : Confinement.SWITCHED_OFF;
        var groups = ControlGroups.detect();
        var workshop = new Workshop(home.resolve("sandboxes"), confinement.isolation(), groups, owners, sockets, agentPrograms);
        var pythons = new Pythons(environment);
        var environments = new VirtualEnvironments(venvs, pythons, environment, workshop);
        var versions = new Versions(home.resolve("versions"), new ContextArchive(ContextLimits.DEFAULTS), environments);
        var reaper = new Reaper(home.resolve("sandboxes"), owners, workshop.leftovers());
        return new ProcessRuntime(confinement, sockets, groups, owners, workshop, versions, reaper, pythons);
    }

    public Isolation isolation() {
        return confinement.isolation();
    }

    /** Why sandboxes are not walled off here, in a sentence for people; empty if they are. */
    public Optional<String> openBecause() {
        return confinement.openBecause();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        List<String> asked = new ArrayList<>();
        if (config.image() != null) {
            asked.add("image");
        }
        if (config.compose() != null) {
            asked.add("compose");
        }
        asked.addAll(config.specialResources());
        return asked.isEmpty()
                ? Optional.empty()
                : Optional.of("runtime_config asks for " + String.join(", ", asked)
                        + ": this worker runs environments as processes and has no such thing");
    }

    @Override
    public Optional<String> shortfall(RuntimeConfig config) {
        var cpu = config.cpu();
        return cpu == null || groups.limitCpus()
                ? Optional.empty()
                : Optional.of("resources.cpu " + cpu + " is not kept to: this worker cannot limit processors");
    }

    @Override
    public Optional<URI> door() {
        return confinement.isolation().hasOwnRoot() ? Optional.of(DOOR) : Optional.empty();
    }

    /** The Unix socket that sandboxes with this network come out at; whoever holds this runtime listens there, or nobody does. */
    public Path doorOf(Network network) {
        return sockets.door(network);
    }

    /** One line for the log: what keeps a sandbox in. */
    public String description() {
        return "isolation " + confinement.description() + ", control groups " + controlGroups()
                + ", Python " + pythons.get().stream().map(interpreter -> "3." + interpreter.minor()).toList();
    }

    private String controlGroups() {
        if (groups.available()) {
            return groups.limitCpus() ? "in use" : "in use, but not for processors";
        }
        return "not permitted: memory is limited for each process, processors are not"
                + (confinement.isolation() == Isolation.BUBBLEWRAP_AS_ROOT ? "" : ", nor is the number of processes");
    }

    @Override
    public PreparedVersion prepare(Source source, Consumer<String> log) throws SandboxException, InterruptedException {
        if (!(source instanceof Source.Context context)) {
            throw new IllegalArgumentException("no context: " + source);
        }
        return versions.prepare(context, log);
    }

    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        ProcessSandbox sandbox;
        try {
            sandbox = start(spec);
        } catch (IOException e) {
            throw SandboxException.ofHost("the sandbox cannot be started: " + e.getMessage(), e);
        }
        try {
            sandbox.awaitPort(spec.limits().startup());
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            sandbox.close(Duration.ZERO);
            throw e;
        }
        return sandbox;
    }

    private ProcessSandbox start(SandboxSpec spec) throws IOException {
        var version = (PreparedVersion) spec.prepared();
        var folder = workshop.newFolder(spec.label());
        RunningSandbox process = null;
        try {
            folder.copySource(version.source());
            var serving = serving(spec, version, folder);
            var path = String.join(":", serving.path()) + ":" + SYSTEM_PATH;
            folder.writeProfile(path);
            Map<String, String> variables = new LinkedHashMap<>(spec.environmentVariables());
            variables.putAll(workshop.variables(spec.network()));
            variables.putAll(serving.variables());
            variables.put("PATH", path);
            variables.put("HOME", folder.guest(SandboxFolder.HOME));
            variables.put("TMPDIR", folder.scratch());
            variables.put("USER", "root");
            variables.put("LOGNAME", "root");
            variables.put("SHELL", "/bin/bash");
            SandboxFolder.PLACE.forEach(variables::putIfAbsent);
            var tail = new OutputTail();
            var port = new CompletableFuture<Integer>();
            process = workshop.start(
                    folder, spec.network(), spec.limits(), folder.start(variables, serving.command()), serving.visible(), List.of(),
                    serving.command().getFirst(), ProcessSandbox.listener(tail, port));
            var sandbox = new ProcessSandbox(tail, port, process, door());
            open.add(sandbox);
            var lifetime = lifetimes.schedule(
                    () -> Thread.startVirtualThread(() -> sandbox.close(Duration.ZERO)),
                    spec.limits().lifetime().toMillis(), TimeUnit.MILLISECONDS);
            sandbox.onClose(() -> {
                lifetime.cancel(false);
                open.remove(sandbox);
            });
            return sandbox;
        } catch (IOException | RuntimeException e) {
            workshop.close(folder, process);
            throw e;
        }
    }

    /** What is run, what is put before the PATH for it, and what of the machine it must see. */
    private record Serving(List<String> command, List<String> path, Map<String, String> variables, List<Path> visible) {}

    private static Serving serving(SandboxSpec spec, PreparedVersion version, SandboxFolder folder) {
        var environment = version.virtualEnvironment();
        var port = folder.isolation().hasOwnRoot() && spec.network() != Network.HOST ? Integer.toString(OwnNetwork.CONTROL_PORT) : "0";
        return switch (version.recipe()) {
            case Recipe.Jar jar -> {
                var java = JAVA_HOME.resolve("bin/java").toString();
                var heap = "-Xmx" + Math.max(64, spec.limits().memoryBytes() / 2 >> 20) + "m";
                List<String> command = new ArrayList<>(List.of(java, heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
                command.addAll(List.of("-jar", folder.guest(SandboxFolder.SOURCE) + "/" + jar.file()));
                command.addAll(List.of("--host", "127.0.0.1", "--port", port));
                yield new Serving(
                        command, List.of(JAVA_HOME.resolve("bin").toString()), Map.of("JAVA_HOME", JAVA_HOME.toString()),
                        List.of(JAVA_HOME));
            }
            case Recipe.Python python -> {
                if (environment == null) {
                    throw new IllegalArgumentException("a Python version without a virtual environment");
                }
                var target = folder.guest(SandboxFolder.SOURCE) + (python.target().equals(".") ? "" : "/" + python.target());
                // -P: what lies in the folder is the environment's to import, once it is loaded, and not its interpreter's before that
                var command = List.of(
                        environment.python().toString(), "-P", "-c", SERVE, String.join(",", spec.environmentVariables().keySet()), target,
                        "--env", spec.declaredName(), "--host", "127.0.0.1", "--port", port);
                var variables = Map.of(
                        "VIRTUAL_ENV", environment.folder().toString(), "PYTHONUNBUFFERED", "1", "HUD_SKIP_VERSION_CHECK", "1",
                        "HUD_CLI_ANALYTICS_ENABLED", "0");
                yield new Serving(
                        command, List.of(environment.folder().resolve("bin").toString()), variables,
                        List.of(environment.folder(), environment.base().prefix()));
            }
        };
    }

    private static String resource(String name) {
        try (var file = Objects.requireNonNull(ProcessRuntime.class.getResourceAsStream(name))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many sandboxes' folders could not be cleared away when they were over; reaping tries them again. */
    public long leftovers() {
        return workshop.leftovers().count();
    }

    @Override
    public int reap(Instant now) {
        return reaper.reap(now);
    }

    /**
     * Clears away versions and environments that nobody has used for a week; may take as long as one takes to be made.
     *
     * @throws IOException if they cannot be looked for
     */
    public void clearUnused(Instant now) throws IOException, InterruptedException {
        versions.clearUnused(now.minus(UNUSED));
    }

    /** Ends every sandbox at once. */
    @Override
    public void close() {
        lifetimes.shutdownNow();
        var threads = open.stream().map(sandbox -> Thread.startVirtualThread(() -> sandbox.close(Duration.ZERO))).toList();
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        sockets.delete();
        owners.close();
    }
}
