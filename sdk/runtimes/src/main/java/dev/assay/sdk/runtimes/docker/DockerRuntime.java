// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Info;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs images as containers. Each has a network of its own from which only the worker's door leads out, no capability, no way to new
 * privileges, the engine's seccomp profile, and limits. Neither a closed runtime nor a killed one leaves anything running for good.
 */
public final class DockerRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "docker";

    static final URI DOOR = URI.create("http://127.0.0.1:" + Relay.DOOR_PORT);

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
    private final Map<String, DockerSandbox> open = new ConcurrentHashMap<>();
    private final WrittenWatch written;
    private volatile boolean answered;
    private volatile boolean gone;
    private volatile String engineId = "";
    private final Set<String> building = ConcurrentHashMap.newKeySet();
    private final DockerImages images;
    private final ImageBuild builds;
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("container-timers").factory());

    /** Nothing is asked of the engine yet: it may come later, and go. */
    public DockerRuntime(DockerSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.engine = new Engine(settings.host());
        this.relay = new Relay(settings.sockets());
        this.relayImage = new RelayImage(engine);
        this.reaper = new DockerReaper(engine, settings, id -> open.containsKey(id) || building.contains(id));
        this.parts = new ProjectParts(engine);
        this.images = new DockerImages(engine, settings);
        this.builds = new ImageBuild(engine, settings, images);
        this.written = new WrittenWatch(engine, settings.owner());
        timers.setRemoveOnCancelPolicy(true);
        timers.scheduleWithFixedDelay(
                written::look, WATCH_DISK_EVERY.toMillis(), WATCH_DISK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Images that were built here and lie in no registry are this engine's alone. */
    @Override
    public List<String> kinds() {
        return kinds(NAME);
    }

    List<String> kinds(String name) {
        if (engineId.isEmpty()) {
            try {
                engineId = String.valueOf(engine.infoBriefly().getId());
            } catch (EngineException e) {
                return List.of(name);
            }
        }
        return List.of(name, name + "@" + engineId);
    }

    /** Why no image runs here, in a sentence for people; empty if they do. */
    public Optional<String> unfitBecause() {
        if (!engine.isOfThisMachine()) {
            return Optional.of("the Docker engine at " + engine.address() + " is not on this machine: containers and worker meet in a folder");
        }
        var lacking = RelayImage.refusal();
        if (lacking.isPresent()) {
            return lacking;
        }
        try {
            var security = info().getSecurityOptions();
            return security != null
                    && security.stream().anyMatch(option -> option.contains("seccomp") && !option.contains("profile=unconfined"))
                    ? Optional.empty()
                    : Optional.of("the Docker engine at " + engine.address() + " has no seccomp");
        } catch (EngineException e) {
            return Optional.of(e.isAway() ? "no Docker engine answers at " + engine.address() : "the Docker engine refuses: " + e.getMessage());
        }
    }

    private Info info() throws EngineException {
        try {
            var info = engine.info();
            answered = true;
            return info;
        } catch (EngineException e) {
            gone = answered && e.isAway();
            throw e;
        }
    }

    /** Where no engine has ever answered, whoever asks for an image is told so. */
    @Override
    public boolean isAway() {
        if (gone) {
            try {
                engine.pingBriefly();
                engineId = ""; // another one may answer now
                gone = false;
            } catch (EngineException e) {
                gone = e.isAway();
            }
        }
        return gone;
    }

    /** What the engine has to say is left to when it is needed: that it does not answer just now is no word about what is asked for. */
    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        return refusalOfResources(config)
                .or(() -> config.image() == null ? Optional.empty() : images.refusal(config.image())); // one that was built here is nobody's choice
    }

    Optional<String> refusalOfResources(RuntimeConfig config) {
        List<String> asked = new ArrayList<>(config.specialResources());
        if (config.gpus() > 0 && config.gpuType() == null && hasGpus()) {
            asked.remove("resources.gpu");
        }
        if (!asked.isEmpty()) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked) + ": this worker's containers have no such thing");
        }
        return Optional.empty();
    }

    private boolean hasGpus() {
        try {
            var runtimes = info().getRuntimes();
            return runtimes != null && runtimes.containsKey("nvidia");
        } catch (EngineException e) {
            return true; // nobody knows: whoever makes the image ready is told that it does not answer
        }
    }

    @Override
    public DockerImage prepare(Source source, Consumer<String> log) throws SandboxException, InterruptedException {
        switch (source) {
            case Source.Built built -> {
                requireFit("the version was built to an image: this worker runs none, because ");
                return images.built(built, log);
            }
            case Source.Image image -> {
                var refused = images.refusal(image.reference());
                if (refused.isPresent()) {
                    throw new SandboxException(refused.get());
                }
                requireFit("runtime_config asks for image: this worker runs none, because ");
                return images.named(image.reference(), log);
            }
            default -> throw new IllegalArgumentException("no image: " + source);
        }
    }

    Engine engine() {
        return engine;
    }

    DockerImages images() {
        return images;
    }

    /** Whether somebody answers in the place of the machine in a network that is made as projects have it. */
    boolean machineAnswersInProjects(SandboxLabel label) throws SandboxException, InterruptedException {
        var id = newId();
        building.add(id);
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

    void requireFit(String otherwise) throws SandboxException {
        var unfit = unfitBecause();
        if (unfit.isPresent()) {
            throw SandboxException.ofHost(otherwise + unfit.get(), null);
        }
    }

    /**
     * Unpacks a context to build an image of it, in a folder that goes with this worker, whatever ends it.
     *
     * @throws SandboxException if it cannot be unpacked, or its recipe not be read
     */
    public ImageContext unpack(Source.Archive context) throws SandboxException {
        return ImageContext.unpack(context, settings.sockets());
    }

    /**
     * Builds an image of a context with a recipe. Its steps have this worker's network for sandboxes, or that of {@link DockerSettings#buildKit};
     * broken off by an interrupt.
     *
     * @throws SandboxException if it cannot be built; nothing is kept then
     */
    public Source.Built build(ImageContext context, ImageOrder order, Consumer<String> log) throws SandboxException, InterruptedException {
        requireFit("no image can be built by this worker, because ");
        return builds.build(context, order, steps(order), log);
    }

    /** Builds the images of a project's services that have a recipe, or files of the uploaded folder; nothing is kept if one cannot be built. */
    public Source.Compose build(ImageContext context, ComposeProject project, ImageOrder order, Consumer<String> log)
            throws SandboxException, InterruptedException {
        requireFit("no image can be built by this worker, because ");
        return new ProjectImages(builds, images).build(context, project, order, steps(order), log);
    }

    private ImageBuild.NetworkOfSteps steps(ImageOrder order) {
        return new ImageBuild.NetworkOfSteps() {
            @Override
            public <T> T during(ImageBuild.Build<T> build) throws SandboxException, InterruptedException {
                return inNetwork(order, build);
            }
        };
    }

    private <T> T inNetwork(ImageOrder order, ImageBuild.Build<T> build) throws SandboxException, InterruptedException {
        var id = newId();
        building.add(id);
        try {
            startRelay(id, order.network(), Relay.Place.ALONE, labels(id, order.label(), order.longest()));
            return build.in("container:" + Relay.name(id));
        } finally {
            removeNow(id);
        }
    }

    /** Takes away what was built and is not wanted. */
    public void discard(Source.Built image) {
        images.discard(image.reference());
    }

    /** Clears away images of versions that are old, and not among the newest of their environment. */
    public void clearImages(Instant now) {
        images.clear(now);
    }

    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        var image = (DockerImage) spec.prepared();
        return launch(spec, image, (sandbox, labels) -> {
            startRelay(sandbox.id(), spec.network(), Relay.Place.ALONE, labels);
            engine.create(SandboxContainer.recipe(sandbox.id(), image, spec, labels));
            putPlaceOfSessions(sandbox.id());
            engine.follow(SandboxContainer.name(sandbox.id()), sandbox.output()::add);
            engine.start(SandboxContainer.name(sandbox.id()));
            return spec.limits().startup();
        });
    }

    /** How the container of an environment comes to run, with all that it needs. */
    interface Start {

        /** Returns how long it may now take until it serves. */
        Duration start(DockerSandbox sandbox, Map<String, String> labels) throws EngineException, SandboxException, InterruptedException;
    }

    Sandbox launch(SandboxSpec spec, DockerImage image, Start start) throws SandboxException, InterruptedException {
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

    private Map<String, String> labels(String id, SandboxLabel label, Duration longest) {
        return DockerLabels.of(settings.installation(), settings.owner(), id, label, clock.instant().plus(longest)).written();
    }

    private void start(DockerSandbox sandbox, SandboxSpec spec, Start start) throws EngineException, SandboxException, InterruptedException {
        var limits = spec.limits();
        var longest = limits.startup().plus(limits.lifetime());
        sandbox.endsBy(timers.schedule(
                () -> Thread.startVirtualThread(() -> endInTime(sandbox)), longest.toMillis(), TimeUnit.MILLISECONDS));
        written.add(sandbox, limits.diskBytes()); // sidecars write before the environment runs
        var left = start.start(sandbox, labels(sandbox.id(), spec.label(), longest));
        sandbox.requireNotEnded();
        sandbox.watch();
        sandbox.awaitServing(limits.startup(), left);
    }

    /** In a container that is not started yet. */
    void putPlaceOfSessions(String id) throws EngineException, SandboxException {
        try (var place = SessionArchive.place(); var other = SessionArchive.placeByItsOlderName()) {
            var container = SandboxContainer.name(id);
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
            building.remove(id);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Optional<URI> door() {
        return Optional.of(DOOR);
    }

    @Override
    public int reap(Instant now) {
        return reaper.reap(now);
    }

    /** Ends every sandbox at once. */
    @Override
    public void close() {
        timers.shutdownNow();
        EndTogether.all(List.copyOf(open.values()).stream().map(sandbox -> sandbox::close));
        engine.close();
    }
}
