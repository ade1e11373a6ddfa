// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.docker.ImageOrder;
import dev.assay.sdk.runtimes.docker.ImageRecipe;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.door.DoorKeeper;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Images of deployed contexts: which context becomes one, and making it. */
@Component
public class Images {

    /** Which contexts with a recipe become images. */
    enum Which {
        /** Those that a process would not do justice, where an engine answers. */
        AUTO,

        /** All of them, or the build fails. */
        ALWAYS,

        /** None: they run as processes. */
        NEVER
    }

    private final Environments environments;
    private final ObjectProvider<DockerRuntime> docker;
    private final DoorKeeper door;
    private final SandboxLimits limits;
    private final Which which;
    private final Duration longest;

    Images(
            Environments environments, ObjectProvider<DockerRuntime> docker, DoorKeeper door, WorkerSettings settings,
            @Value("${assay.worker.images:auto}") Which which, @Value("${assay.worker.image-build-timeout:30m}") Duration longest) {
        this.environments = environments;
        this.docker = docker;
        this.door = door;
        this.limits = SandboxLimits.DEFAULTS.withMemoryBytes(settings.memory().toBytes()).withDiskBytes(settings.disk().toBytes());
        this.which = which;
        this.longest = longest;
    }

    /**
     * Builds the image of a context that is to have one.
     *
     * @return null: it runs as a process
     * @throws SandboxException if it cannot be built; the message is for its author
     */
    public @Nullable BuiltImage build(BuildLease lease, Consumer<String> log) throws SandboxException, InterruptedException {
        if (project(lease) != null) {
            return null; // its services have images of their own
        }
        var engine = docker.getIfAvailable();
        var config = config(lease);
        boolean wanted = which == Which.ALWAYS || config.runtime().equals(DockerRuntime.NAME);
        if (which == Which.NEVER && config.runtime().equals(DockerRuntime.NAME) && !config.namesWhatToRun()) {
            throw new SandboxException("runtime_config.runtime: 'docker' wants an image, and this worker builds none (ASSAY_IMAGES)");
        }
        if (which == Which.NEVER || engine == null && !wanted || config.namesWhatToRun() || config.asksForProcess()) {
            return withoutImage(lease, log);
        }
        if (engine == null) {
            throw SandboxException.ofHost("contexts are to be built to images, but this worker has no Docker engine (assay.worker.docker)", null);
        }
        try (var context = engine.unpack(() -> environments.context(lease.version(), lease.contextSha256()))) {
            var recipe = context.recipe();
            var unfit = recipe.flatMap(one -> one.unfitForProcess(lease.buildArgs()));
            if (recipe.isEmpty() || !wanted && !(unfit.isPresent() && isPossible(recipe.get(), engine, log))) {
                return withoutImage(lease, log);
            }
            var unused = recipe.get().unused(lease.buildSecrets().keySet());
            if (!unused.isEmpty()) {
                log.accept("not used: build secrets " + String.join(", ", unused) + " (no step of " + recipe.get().file() + " mounts them)");
            }
            var image = engine.build(context, order(lease), log);
            return new BuiltImage(image.reference(), image.engine(), unfit.orElse(""));
        }
    }

    /**
     * Builds what the services of a version's Compose project are to be built of.
     *
     * @return null: it has no project, or none with anything to build, or there is no engine here
     * @throws SandboxException if one cannot be built; the message is for its author
     */
    public @Nullable BuiltServices buildServices(BuildLease lease, Consumer<String> log) throws SandboxException, InterruptedException {
        var engine = docker.getIfAvailable();
        var project = project(lease);
        if (project != null) {
            project.notes().forEach(note -> log.accept("without effect: " + note));
        }
        if (project == null || engine == null || project.services().values().stream().noneMatch(ComposeService::isBuilt)) {
            return null;
        }
        try (var context = engine.unpack(() -> environments.context(lease.version(), lease.contextSha256()))) {
            var built = engine.build(context, project, order(lease), log);
            return new BuiltServices(built.built(), built.engine());
        }
    }

    private static @Nullable ComposeProject project(BuildLease lease) {
        try {
            var compose = config(lease).compose();
            return compose == null ? null : ComposeProject.read(compose);
        } catch (IllegalArgumentException e) {
            return null; // whoever makes it ready says so
        }
    }

    /** A process is faster to start, and does for what needs no more; where there is no engine, for all. */
    private static boolean isPossible(ImageRecipe recipe, DockerRuntime engine, Consumer<String> log) throws SandboxException {
        var unfit = engine.unfitBecause();
        if (unfit.isPresent() && engine.isGone()) { // it may be here again: a version stays what it was built to
            throw SandboxException.ofHost("no image can be built by this worker now, because " + unfit.get(), null);
        }
        unfit.ifPresent(reason -> log.accept("no image is built of " + recipe.file() + ", of which a process knows but a part: " + reason));
        return unfit.isEmpty();
    }

    private static @Nullable BuiltImage withoutImage(BuildLease lease, Consumer<String> log) {
        if (!lease.buildSecrets().isEmpty()) {
            log.accept("not used: build secrets " + String.join(", ", lease.buildSecrets().keySet().stream().sorted().toList())
                    + " (no image is built, whose steps could mount them)");
        }
        return null;
    }

    private static RuntimeConfig config(BuildLease lease) {
        try {
            return RuntimeConfig.read(lease.runtimeConfig());
        } catch (IllegalArgumentException e) {
            return RuntimeConfig.NONE; // whoever makes it ready says so
        }
    }

    private ImageOrder order(BuildLease lease) {
        var name = EnvironmentName.of(lease.declaredName()).value();
        return new ImageOrder(
                new SandboxLabel("build-" + lease.build(), lease.attempt()), name, lease.team() + "/" + name, lease.version().toString(),
                lease.contextSha256(), lease.buildArgs(), lease.buildSecrets(), lease.noCache(), door.network(), limits, longest);
    }

    /** Takes away what was built and does not serve. */
    public void discard(@Nullable BuiltImage image, @Nullable BuiltServices services) {
        if (services != null) {
            docker.ifAvailable(engine -> services.images().values().forEach(one -> engine.discard(new Source.Built(one, services.engine()))));
        }
        if (image != null) {
            Optional.ofNullable(docker.getIfAvailable()).ifPresent(engine -> engine.discard(new Source.Built(image.reference(), image.engine())));
        }
    }
}
