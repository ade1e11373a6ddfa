// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The sandboxes that this worker has on its engine: how each comes to run, and that nothing of it is left when it is over. */
final class OpenSandboxes implements AutoCloseable {

    static final String IDS = "d[0-9a-f]{15}";

    private static final Duration WATCH_DISK_EVERY = Duration.ofSeconds(5);
    private static final Duration RELAY_STARTS = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_MILLIS = 5;

    private final Engine engine;
    private final DockerSettings settings;
    private final Clock clock;
    private final Relay relay;
    private final RelayImage relayImage;
    private final DockerReaper reaper;
    private final ProjectParts parts;
    private final WrittenWatch written;
    private final Map<String, DockerSandbox> open = new ConcurrentHashMap<>();

    /** Of what is no sandbox and has a relay all the same. */
    private final Set<String> others = ConcurrentHashMap.newKeySet();

    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("container-timers").factory());

    OpenSandboxes(Engine engine, DockerSettings settings, Clock clock) {
        this.engine = engine;
        this.settings = settings;
        this.clock = clock;
        this.relay = new Relay(settings.sockets());
        this.relayImage = new RelayImage(engine);
        this.reaper = new DockerReaper(engine, settings, id -> open.containsKey(id) || others.contains(id));
        this.parts = new ProjectParts(engine);
        this.written = new WrittenWatch(engine, settings.owner());
        timers.setRemoveOnCancelPolicy(true);
        every(WATCH_DISK_EVERY, written::look);
    }

    /** Again and again until this is closed; it must be soon done, and not fail. */
    void every(Duration pause, Runnable what) {
        timers.scheduleWithFixedDelay(what, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How the container of an environment comes to run, with all that it needs. */
    interface Start {

        /** Returns how long it may now take until it serves. */
        Duration start(DockerSandbox sandbox, Map<String, String> labels) throws EngineException, SandboxException, InterruptedException;
    }

    /** Returns once it serves. */
    DockerSandbox launch(SandboxSpec spec, DockerImage image, Start start) throws SandboxException, InterruptedException {
        var id = newId();
        var sandbox = new DockerSandbox(engine, id, image, relay.control(id), () -> remove(id));
        open.put(id, sandbox);
        try {
            start(sandbox, spec, start);
            return sandbox;
        } catch (EngineException e) {
            boolean interrupted = Thread.interrupted();
            sandbox.close();
            if (interrupted) {
                throw new InterruptedException();
            }
            throw DockerImages.failed("the container of image '" + image.name() + "' cannot be started: " + e.getMessage(), e);
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    private static String newId() {
        return "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 15);
    }

    private void start(DockerSandbox sandbox, SandboxSpec spec, Start start) throws EngineException, SandboxException, InterruptedException {
        var limits = spec.limits();
        var longest = limits.startup().plus(limits.lifetime());
        sandbox.endsBy(endIn(longest, sandbox));
        written.add(sandbox, limits.diskBytes()); // sidecars write before the environment runs
        var left = start.start(sandbox, labels(sandbox.id(), spec.label(), longest));
        sandbox.requireNotEnded();
        sandbox.watch();
        sandbox.awaitServing(limits.startup(), left);
    }

    /** What ends it then, unless it is cancelled. */
    Future<?> endIn(Duration longest, DockerSandbox sandbox) {
        return timers.schedule(() -> Thread.startVirtualThread(() -> endInTime(sandbox)), longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Map<String, String> labels(String id, SandboxLabel label, Duration longest) {
        return DockerLabels.of(settings.installation(), settings.owner(), id, label, clock.instant().plus(longest)).written();
    }

    /** Where a project's environment finds its services, where it may. */
    Path access(String id) {
        return settings.sockets().resolve(id + "-services");
    }

    /** In a container that is not started yet. */
    void putPlaceOfSessions(DockerSandbox sandbox) throws EngineException, SandboxException {
        try (var place = SessionArchive.place(); var other = SessionArchive.placeByItsOlderName()) {
            var container = SandboxContainer.name(sandbox.id());
            if (!wasPut(container, place)) {
                wasPut(container, other); // or the image has folders of both names, and keeps them
            }
        } catch (IOException e) {
            throw SandboxException.ofHost("the place of the session's files cannot be made: " + e.getMessage(), e);
        }
    }

    /** Whether the image lets it: what it has there may be another thing. */
    private boolean wasPut(String container, InputStream archive) throws EngineException {
        try {
            engine.put(container, "/", archive);
            return true;
        } catch (EngineException e) {
            if (e.isAway() || e.isMissing()) {
                throw e;
            }
            return false;
        }
    }

    void startRelay(String id, Network network, Relay.Place place, Map<String, String> labels) throws SandboxException, InterruptedException {
        try {
            engine.create(
                    relay.recipe(id, relayImage.name(), network, place, labels),
                    command -> {
                        if (!place.aliases().isEmpty()) {
                            command.withAliases(place.aliases());
                        }
                    });
            for (var more : place.more().entrySet()) {
                parts.connect(Relay.name(id), more.getKey(), more.getValue());
            }
            engine.start(Relay.name(id));
        } catch (EngineException | IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw SandboxException.ofHost("the relay of the container's network cannot be started: " + e.getMessage(), e);
        }
        long deadline = System.nanoTime() + RELAY_STARTS.toNanos();
        while (!Files.exists(relay.control(id))) {
            if (System.nanoTime() > deadline) {
                throw SandboxException.ofHost(
                        "the relay of the container's network does not answer: does the engine see " + relay.folder() + "?", null);
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    /** Whether somebody answers in the place of the machine in a network that is made as projects have it. */
    boolean machineAnswersInProjects(SandboxLabel label) throws SandboxException, InterruptedException {
        var id = newId();
        others.add(id);
        try {
            var labels = labels(id, label, RELAY_STARTS);
            var network = ProjectParts.name(id, "probe");
            var gateway = parts.createNetwork(network, labels);
            engine.create(Relay.probe(id, relayImage.name(), network, gateway, labels));
            engine.start(Relay.name(id));
            engine.awaitExit(Relay.name(id));
            var code = engine.container(Relay.name(id)).getState().getExitCodeLong();
            return code == null || code != 0;
        } catch (EngineException | IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw SandboxException.ofHost("the engine's networks cannot be tried: " + e.getMessage(), e);
        } finally {
            removeNow(id);
        }
    }

    /** Builds in the network that a sandbox of this order's would have. */
    <T> T inNetwork(ImageOrder order, ImageBuild.Build<T> build) throws SandboxException, InterruptedException {
        var id = newId();
        others.add(id);
        try {
            startRelay(id, order.network(), Relay.Place.ALONE, labels(id, order.label(), order.longest()));
            return build.in("container:" + Relay.name(id));
        } finally {
            removeNow(id);
        }
    }

    private void endInTime(DockerSandbox sandbox) {
        sandbox.end("its time was over");
        remove(sandbox.id());
    }

    /**
     * It counts as open until it is gone; then, if the engine would not, as left. Whoever comes second waits: an engine that is removing a
     * container already says so, and not when it is done.
     */
    private void remove(String id) {
        var sandbox = open.get(id);
        if (sandbox == null) {
            return;
        }
        written.remove(sandbox);
        synchronized (sandbox) {
            if (open.containsKey(id)) {
                removeNow(id);
            }
        }
    }

    private void removeNow(String id) {
        boolean interrupted = Thread.interrupted(); // what is asked of the engine would break off
        try {
            reaper.end(id);
        } catch (EngineException e) {
            // reaping tries again
        } finally {
            open.remove(id);
            others.remove(id);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends what nobody has any more, this worker's or another's; returns how many sandboxes that were. */
    int reap(Instant now) {
        return reaper.reap(now);
    }

    /** The same of others' whose work is over. */
    int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        return reaper.reapOver(over);
    }

    /** Ends every sandbox at once. */
    @Override
    public void close() {
        timers.shutdownNow();
        EndTogether.all(List.copyOf(open.values()).stream().map(sandbox -> sandbox::close));
    }
}
