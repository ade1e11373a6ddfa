// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.OutputTail;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs environments as processes of this machine: each sandbox has its own copy of the source, HOME, scratch folder, process group and
 * limits, and where the machine allows it a view of nothing else. Neither a closed runtime nor a killed one leaves anything running.
 */
public final class ProcessRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "process";

    private static final String SERVE = resource("serve.py");

    /** Where agents look for programs such as the Claude and the Codex CLI, each in a folder of its own. */
    public static final String AGENT_PROGRAMS = "/usr/local/lib/agents";

    /** Where a sandbox that has a network of its own finds its door. */
    private static final URI DOOR = URI.create("http://127.0.0.1:" + OwnNetwork.DOOR_PORT);

    private final Confinement confinement;
    private final SocketFolder sockets;
    private final ControlGroups groups;
    private final Owners owners;
    private final Workshop workshop;
    private final Versions versions;
    private final Reaper reaper;
    private final Pythons pythons;
    private final Forks forks;
    private final Map<ProcessSandbox, PreparedVersion> open = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor lifetimes =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("sandbox-lifetimes").factory());

    private ProcessRuntime(
            Confinement confinement, SocketFolder sockets, ControlGroups groups, Owners owners, Workshop workshop, Versions versions,
            Reaper reaper, Pythons pythons, Forks forks) {
        this.confinement = confinement;
        this.sockets = sockets;
        this.groups = groups;
        this.owners = owners;
        this.workshop = workshop;
        this.versions = versions;
        this.reaper = reaper;
        this.pythons = pythons;
        this.forks = forks;
        lifetimes.setRemoveOnCancelPolicy(true);
        lifetimes.scheduleWithFixedDelay(() -> Thread.startVirtualThread(forks::endIdle), 1, 1, TimeUnit.MINUTES);
    }

    /**
     * Finds out what the machine allows.
     *
     * @param cache where virtual environments are kept; several folders of one machine may share one
     * @param environment the worker's own variables; of these only the settings of the package installer reach a sandbox
     */
    public static ProcessRuntime on(Path folder, Path cache, boolean wallOff, Map<String, String> environment) throws IOException {
        return on(folder, cache, wallOff, environment, null, false);
    }

    /**
     * The same, with programs of agents that sandboxes see at {@link #AGENT_PROGRAMS}.
     *
     * @param agentPrograms a folder; null: they see what this machine has there, as do sandboxes that are not walled off
     * @param forks whether what an environment loads is loaded once for many runs, each of which gets a fork of it
     * @throws IOException also if that is no folder
     */
    public static ProcessRuntime on(
            Path folder, Path cache, boolean wallOff, Map<String, String> environment, @Nullable Path agentPrograms, boolean forks)
            throws IOException {
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
        return new ProcessRuntime(confinement, sockets, groups, owners, workshop, versions, reaper, pythons,
                new Forks(workshop, forks));
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
    public boolean hasOnlyTheDoor() {
        return door().isPresent();
    }

    @Override
    public Optional<URI> door() {
        return confinement.isolation().hasOwnRoot() ? Optional.of(DOOR) : Optional.empty();
    }

    /** The Unix socket that sandboxes with this network come out at; whoever holds this runtime listens there, or nobody does. */
    public Path doorOf(Network network) {
        return sockets.door(network);
    }

    /** This worker's mark among those that share its folder. */
    public String owner() {
        return owners.self();
    }

    /** Whether whoever has this mark is there. */
    public boolean lives(String owner) {
        return owners.lives(owner);
    }

    /** One line for the log: what keeps a sandbox in. */
    public String description() {
        return "isolation " + confinement.description() + ", control groups " + controlGroups()
                + ", environments are loaded " + forks.impossible().map(why -> "for each run (" + why + ")").orElse("once and forked")
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

    private ProcessSandbox start(SandboxSpec spec) throws IOException, InterruptedException {
        var version = (PreparedVersion) spec.prepared();
        var forked = forks.fork(spec, version);
        return forked == null
                ? startAfresh(spec, version)
                : opened(new ProcessSandbox(forked.tail(), forked.port(), forked.process(), door()), spec, forked.leave());
    }

    private ProcessSandbox startAfresh(SandboxSpec spec, PreparedVersion version) throws IOException {
        var folder = workshop.newFolder(spec.label());
        RunningSandbox process = null;
        try {
            var serving = Serving.of(spec, version, folder, SERVE);
            serving.layOut(folder, version.source());
            var variables = serving.variables(folder, spec.environmentVariables(), workshop.variables(spec.network()));
            var tail = new OutputTail();
            var port = new CompletableFuture<Integer>();
            process = workshop.start(
                    folder, spec.network(), spec.limits(), folder.start(variables, serving.command()), serving.visible(), List.of(),
                    serving.command().getFirst(), ProcessSandbox.listener(tail, port));
            return opened(new ProcessSandbox(tail, port, process, door()), spec, () -> {});
        } catch (IOException | RuntimeException e) {
            workshop.close(folder, process);
            throw e;
        }
    }

    @Override
    public boolean forks(Prepared prepared) {
        return forks.impossible().isEmpty() && ((PreparedVersion) prepared).recipe() instanceof Recipe.Python;
    }

    @Override
    public Optional<String> loadedAfreshBecause(SandboxSpec spec) {
        return forks.refusal(spec).filter(Parents.Refusal::itsOwn).map(Parents.Refusal::why);
    }

    private ProcessSandbox opened(ProcessSandbox sandbox, SandboxSpec spec, Runnable afterwards) {
        open.put(sandbox, (PreparedVersion) spec.prepared());
        var lifetime = lifetimes.schedule(
                () -> Thread.startVirtualThread(() -> sandbox.close(Duration.ZERO)),
                spec.limits().lifetime().toMillis(), TimeUnit.MILLISECONDS);
        sandbox.onClose(() -> {
            lifetime.cancel(false);
            open.remove(sandbox);
            afterwards.run();
        });
        return sandbox;
    }

    static String resource(String name) {
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

    @Override
    public int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        return reaper.reapOver(over);
    }

    /**
     * Clears away versions and environments that nobody has used since then; may take as long as one takes to be made. What has an open
     * sandbox is in use: whoever shares these folders must do this far more often than {@code before} is ago.
     *
     * @param before long ago: what was made ready later may be about to be launched
     * @throws IOException if they cannot be looked for
     */
    public void clearUnused(Instant before) throws IOException, InterruptedException {
        open.values().forEach(versions::isUsed);
        versions.clearUnused(before);
    }

    /** Ends every sandbox at once. */
    @Override
    public void close() {
        lifetimes.shutdownNow();
        EndTogether.all(open.keySet().stream().map(sandbox -> () -> sandbox.close(Duration.ZERO)));
        forks.close();
        sockets.delete();
        owners.close();
    }
}
