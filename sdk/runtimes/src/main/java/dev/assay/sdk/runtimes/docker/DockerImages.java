// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.command.InspectImageResponse;
import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.PullFailure;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images that containers are made of: which may be run, getting them, and clearing away those built here that nobody needs. */
final class DockerImages {

    private static final Logger LOG = LoggerFactory.getLogger(DockerImages.class);

    /** Where images lie that are in no registry: no name that anything could be fetched by. */
    private static final String NOWHERE = "assay.invalid/";

    private static final Duration LONGEST_PULL = Duration.ofMinutes(30);

    static final String VERSION = "dev.assay.version";

    private final Engine engine;
    private final DockerSettings settings;

    private final Clock clock;

    DockerImages(Engine engine, DockerSettings settings, Clock clock) {
        this.engine = engine;
        this.settings = settings;
        this.clock = clock;
    }

    /** What the names of images begin with that are built here. */
    String place() {
        return settings.registry().isEmpty() ? NOWHERE : settings.registry() + "/";
    }

    /** What was built here has such a name, or had one: nobody may ask for one of these. */
    List<String> own() {
        return List.of(NOWHERE, place());
    }

    /** Why somebody may not ask for it; empty if they may. */
    Optional<String> refusal(String image) {
        return ImageName.refusal(image, settings.images(), own());
    }

    /** One that somebody asks for by its name. */
    DockerImage named(String asked, Consumer<String> log) throws SandboxException, InterruptedException {
        return image(asked, fetched(asked, ImageName.of(asked).orElseThrow().text(), LONGEST_PULL, log));
    }

    /** One that was built of a context: it is fetched if it is in a registry, no other engine has it otherwise. */
    DockerImage built(Source.Built built, Consumer<String> log) throws SandboxException, InterruptedException {
        if (built.engine() == null) {
            return image(built.reference(), fetched(built.reference(), built.reference(), LONGEST_PULL, log));
        }
        try {
            if (!built.engine().equals(engine.info().getId())) {
                throw SandboxException.ofHost("the image of this version is on one Docker engine only, and not on that of this worker", null);
            }
            return image(built.reference(), engine.images().find(built.reference()));
        } catch (EngineException e) {
            throw failed(e.isMissing() ? "the image of this version was cleared away from its Docker engine: deploy it again" : e.getMessage(), e);
        }
    }

    /** What the engine has is not asked of a registry again. */
    InspectImageResponse fetched(String asked, String name, Duration longest, Consumer<String> log) throws SandboxException, InterruptedException {
        try {
            var image = engine.images().find(name);
            used(image, name);
            return image;
        } catch (EngineException e) {
            if (!e.isMissing()) {
                throw failed(String.valueOf(e.getMessage()), e);
            }
        }
        try {
            log.accept("pulling " + name);
            engine.images().pull(name, longest, log);
            var image = engine.images().find(name);
            remember(image, name, List.of());
            return image;
        } catch (EngineException e) {
            var message = "the image '" + asked + "' cannot be pulled: " + e.getMessage();
            throw PullFailure.isTheImages(String.valueOf(e.getMessage())) ? failed(message, e) : SandboxException.ofHost(message, e);
        }
    }

    /** One that was pulled here says on which day it was last used. */
    private void used(InspectImageResponse image, String name) {
        var names = image.getRepoTags() == null ? List.<String>of() : image.getRepoTags();
        var outdated = PulledImages.outdated(names, name, clock.instant());
        if (!outdated.isEmpty()) {
            remember(image, name, outdated);
        }
    }

    /** If that fails the image stays for longer than it need, or has to be pulled again. */
    private void remember(InspectImageResponse image, String name, List<String> outdated) {
        try {
            engine.images().name(String.valueOf(image.getId()), PulledImages.NAME, PulledImages.tag(name, clock.instant()));
            for (var old : outdated) {
                engine.images().remove(old);
            }
        } catch (EngineException e) {
            LOG.debug("nobody will know that image {} was used: {}", name, e.getMessage());
        }
    }

    private static DockerImage image(String asked, InspectImageResponse image) {
        var volumes = image.getConfig() == null ? null : image.getConfig().getVolumes();
        return new DockerImage(asked, String.valueOf(image.getId()), volumes == null ? Set.of() : volumes.keySet());
    }

    /** What an engine says is about the image; that it says nothing, or has no room, is not. */
    static SandboxException failed(String message, EngineException e) {
        return e.isAway() || e.isFull() ? SandboxException.ofHost(message, e) : new SandboxException(message, e);
    }

    /** Whatever is no image of ours is left alone. Layers that others have in common stay. */
    void discard(String reference) {
        boolean interrupted = Thread.interrupted(); // what is asked of the engine would break off
        try {
            remove(engine.images().names(reference));
        } catch (EngineException e) {
            LOG.debug("image {} stays: {}", reference, e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void remove(List<String> names) throws EngineException {
        for (var name : names) {
            if (ImageName.of(name).filter(one -> one.isOf(own())).isPresent()) { // an engine leaves the Hub's host out
                engine.images().remove(name);
            }
        }
    }

    /** Nobody can say: 0. */
    long bytes() {
        try {
            return engine.images().bytes(VERSION, PulledImages.NAME);
        } catch (EngineException e) {
            return 0;
        }
    }

    /** On all that is built here. */
    String mark() {
        return "dev.assay.installation=" + settings.installation();
    }

    void clear(KeepImages keep, Instant now) {
        try {
            for (var image : engine.images().named(PulledImages.NAME)) {
                for (var name : PulledImages.unused(engine.images().names(image), now, keep.unused())) {
                    LOG.info("image {} was pulled, and not used for {}: it is cleared away", name, keep.unused());
                    engine.images().remove(name);
                }
            }
            var built = engine.images().built(VERSION).stream()
                    .filter(image -> image.labels().getOrDefault("dev.assay.installation", "").equals(settings.installation()))
                    .toList();
            for (var image : UnneededImages.of(built, keep, now)) {
                LOG.info("image {} is old and has newer ones after it, and is cleared away", image.names());
                remove(image.names());
            }
            clearSteps(now.minus(keep.young())); // by when they were made: a build may use them still
        } catch (EngineException e) {
            LOG.debug("no images are cleared away: {}", e.getMessage());
        }
    }

    /** What the classic builder kept of steps whose build failed, or whose image is gone, and of stages that images were copied from. */
    void clearSteps(Instant before) throws EngineException {
        engine.images().prune(mark(), before);
    }
}
