// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.spare.Placeholders;
import dev.assay.sdk.runtimes.spare.Spare;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Runs images as containers. Each has a network of its own from which only the worker's door leads out, no capability, no way to new
 * privileges, the engine's seccomp profile, and limits. Neither a closed runtime nor a killed one leaves anything running for good.
 */
public final class DockerRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "docker";

    static final URI DOOR = URI.create("http://127.0.0.1:" + Relay.DOOR_PORT);

    private final Engine engine;
    private final EnginePresence presence;
    private final DockerSettings settings;
    private final OpenSandboxes open;
    private final DockerImages images;
    private final ImageBuild builds;
    private final SpareKeeping spares;

    /**
     * Nothing is asked of the engine yet: it may come later, and go.
     *
     * @param placeholders of whoever keeps the sandboxes' door
     */
    public DockerRuntime(DockerSettings settings, Placeholders placeholders, Clock clock) {
        this(settings, placeholders, FreeMemory::bytes, SpareKeeping.ANSWER, clock);
    }

    DockerRuntime(DockerSettings settings, Placeholders placeholders, LongSupplier freeMemory, Duration answer, Clock clock) {
        this.settings = settings;
        this.engine = new Engine(settings.host());
        this.presence = new EnginePresence(engine);
        this.open = new OpenSandboxes(engine, settings, clock);
        this.images = new DockerImages(engine, settings, clock);
        this.builds = new ImageBuild(engine, settings, images);
        this.spares = new SpareKeeping(this::start, placeholders, freeMemory, answer, clock);
        open.every(SpareKeeping.LOOK_EVERY, spares::look);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> kinds() {
        return presence.kinds(NAME);
    }

    /** Why no image runs here, in a sentence for people; empty if they do. */
    public Optional<String> unfitBecause() {
        return presence.unfitBecause();
    }

    @Override
    public boolean isAway() {
        return presence.isAway();
    }

    /** Whether an engine was here that is not now; it may come back. */
    public boolean isGone() {
        return presence.isGone();
    }

    /** What the engine has to say is left to when it is needed: that it does not answer just now is no word about what is asked for. */
    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        return refusalOfResources(config)
                .or(() -> config.image() == null ? Optional.empty() : images.refusal(config.image())); // one that was built here is nobody's choice
    }

    Optional<String> refusalOfResources(RuntimeConfig config) {
        List<String> asked = new ArrayList<>(config.specialResources());
        if (config.gpus() > 0 && config.gpuTypes().isEmpty() && presence.hasGpus()) {
            asked.remove("resources.gpu");
        }
        if (!asked.isEmpty()) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked) + ": this worker's containers have no such thing");
        }
        return Optional.empty();
    }

    @Override
    public DockerImage prepare(Source source, Consumer<String> log) throws SandboxException, InterruptedException {
        switch (source) {
            case Source.Built built -> {
                presence.requireFit("the version was built to an image: this worker runs none, because ");
                return images.built(built, log);
            }
            case Source.Image image -> {
                var refused = images.refusal(image.reference());
                if (refused.isPresent()) {
                    throw new SandboxException(refused.get());
                }
                presence.requireFit("runtime_config asks for image: this worker runs none, because ");
                return images.named(image.reference(), log);
            }
            default -> throw new IllegalArgumentException("no image: " + source);
        }
    }

    Engine engine() {
        return engine;
    }

    EnginePresence presence() {
        return presence;
    }

    DockerImages images() {
        return images;
    }

    OpenSandboxes open() {
        return open;
    }

    /** Containers that are started ahead. */
    public SpareKeeping spares() {
        return spares;
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
        presence.requireFit("no image can be built by this worker, because ");
        return builds.build(context, order, steps(order), log);
    }

    /** Builds the images of a project's services that have a recipe, or files of the uploaded folder; nothing is kept if one cannot be built. */
    public Source.Compose build(ImageContext context, ComposeProject project, ImageOrder order, Consumer<String> log)
            throws SandboxException, InterruptedException {
        presence.requireFit("no image can be built by this worker, because ");
        return new ProjectImages(builds, images).build(context, project, order, steps(order), log);
    }

    private ImageBuild.NetworkOfSteps steps(ImageOrder order) {
        return new ImageBuild.NetworkOfSteps() {
            @Override
            public <T> T during(ImageBuild.Build<T> build) throws SandboxException, InterruptedException {
                return open.inNetwork(order, build);
            }
        };
    }

    /** Takes away what was built and is not wanted. */
    public void discard(Source.Built image) {
        images.discard(image.reference());
    }

    /** Clears away images that were built or pulled here and that nobody needs. */
    public void clearImages(KeepImages keep, Instant now) {
        images.clear(keep, now);
    }

    /** What images that were built or pulled here hold of the engine's disk, at most: they may have parts in common. */
    public long imageBytes() {
        return images.bytes();
    }

    /** Takes a container that was started ahead, if one fits that nobody had before, or else starts one. */
    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        return spares.launch(spec);
    }

    @Override
    public void keepSpares(boolean any) {
        spares.keepAny(any);
    }

    private Spare start(SandboxSpec spec) throws SandboxException, InterruptedException {
        var image = (DockerImage) spec.prepared();
        return new SpareContainer(open, open.launch(spec, image, (sandbox, labels) -> {
            open.startRelay(sandbox.id(), spec.network(), Relay.Place.ALONE, labels);
            var container = engine.create(SandboxContainer.recipe(sandbox.id(), image, spec, labels));
            sandbox.isContainer(container);
            open.putPlaceOfSessions(sandbox);
            engine.follow(container, sandbox.output()::add);
            engine.start(container);
            return spec.limits().startup();
        }));
    }

    @Override
    public boolean hasOnlyTheDoor() {
        return true;
    }

    @Override
    public Optional<URI> door() {
        return Optional.of(DOOR);
    }

    @Override
    public int reap(Instant now) {
        return open.reap(now);
    }

    @Override
    public int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        return open.reapOver(over);
    }

    /** Ends every sandbox at once. */
    @Override
    public void close() {
        spares.close();
        open.close();
        engine.close();
    }
}
