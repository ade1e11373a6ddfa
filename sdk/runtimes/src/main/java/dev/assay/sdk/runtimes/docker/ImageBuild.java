// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Builds images of contexts. */
final class ImageBuild {

    private final Engine engine;
    private final DockerSettings settings;
    private final DockerImages images;
    private final BuildKit buildKit;

    ImageBuild(Engine engine, DockerSettings settings, DockerImages images) {
        this.engine = engine;
        this.settings = settings;
        this.images = images;
        this.buildKit = new BuildKit(engine.address(), settings.buildKit());
    }

    /** Has a container's network that leads out through the worker's door. */
    interface NetworkOfSteps {
        <T> T during(Build<T> build) throws SandboxException, InterruptedException;
    }

    /** @param <T> what comes of it */
    interface Build<T> {
        T in(String network) throws SandboxException, InterruptedException;
    }

    Source.Built build(ImageContext context, ImageOrder order, NetworkOfSteps steps, Consumer<String> log)
            throws SandboxException, InterruptedException {
        long end = System.nanoTime() + order.longest().toNanos(); // of all that follows: others wait for their builds
        var name = name(order);
        try {
            return kept(order, name, make(context, order, end, name, steps, log), left(end), log);
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            images.discard(name);
            throw e;
        }
    }

    String name(ImageOrder order) {
        return images.place() + order.environment() + ":" + order.version();
    }

    /** Makes an image of a context's own recipe; returns its id. */
    String make(ImageContext context, ImageOrder order, long end, String name, NetworkOfSteps steps, Consumer<String> log)
            throws SandboxException, InterruptedException {
        var recipe = context.recipe().orElseThrow().check(order.buildArgs(), settings.images(), images.own(), order.environmentId());
        for (var image : recipe.images()) {
            fetch(image, left(end), log);
        }
        return recipe.buildKit()
                ? buildByBuildKit(context, recipe, order, left(end), name, log)
                : buildClassic(context, recipe, order, left(end), name, steps, log);
    }

    /** Makes an image of a recipe of ours on top of an image that is there, and without steps; returns its id. */
    String make(
            ImageContext context, String base, ImageRecipe.Checked recipe, ImageOrder order, long end, String name, Consumer<String> log)
            throws SandboxException, InterruptedException {
        fetch(base, left(end), log);
        return buildClassic(context, recipe, order, left(end), name, "none", log);
    }

    static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    private String buildByBuildKit(
            ImageContext context, ImageRecipe.Checked recipe, ImageOrder order, Duration longest, String name, Consumer<String> log)
            throws SandboxException, InterruptedException {
        var refusal = buildKit.refusal();
        if (refusal.isPresent()) {
            throw new SandboxException(recipe.file() + " has steps that BuildKit alone knows (secrets, mounts, texts over several lines): "
                    + refusal.get());
        }
        try {
            var version = String.valueOf(engine.info().getServerVersion());
            if (recipe.texts() && !version.matches("(2[3-9]|[3-9]\\d|\\d{3,})\\..*")) {
                throw new SandboxException(recipe.file() + " has texts over several lines (<<): this worker's Docker engine is of version "
                        + version + ", which does not know them as 23 and later do");
            }
        } catch (EngineException e) {
            throw DockerImages.failed(String.valueOf(e.getMessage()), e);
        }
        log.accept("building " + recipe.file() + " with BuildKit, whose steps have "
                + (settings.buildKit().equals("none") ? "no network here" : "the engine's network"));
        return buildKit.build(context, recipe, order, longest, name, labels(order), log);
    }

    static SandboxException tooLong(ImageOrder order) {
        return new SandboxException("the image was not built within " + order.longest().toSeconds() + "s");
    }

    /** What an image would have done with those built on it is not looked into. */
    private void fetch(String name, Duration longest, Consumer<String> log) throws SandboxException, InterruptedException {
        var config = images.fetched(name, name, longest, log).getConfig();
        var later = config == null ? null : config.getOnBuild();
        if (later != null && later.length > 0) {
            throw new SandboxException("the image '" + name + "' has ONBUILD steps: nothing is built on such images here");
        }
    }

    private String buildClassic(
            ImageContext context, ImageRecipe.Checked recipe, ImageOrder order, Duration longest, String name, NetworkOfSteps steps,
            Consumer<String> log)
            throws SandboxException, InterruptedException {
        log.accept("building " + recipe.file());
        return steps.during(network -> buildClassic(context, recipe, order, longest, name, network, log));
    }

    private String buildClassic(
            ImageContext context, ImageRecipe.Checked recipe, ImageOrder order, Duration longest, String name, String network,
            Consumer<String> log)
            throws SandboxException, InterruptedException {
        var arguments = new TreeMap<String, String>();
        if (order.network() == Network.OUTBOUND) { // engines know these, and keep them out of what they build
            for (var proxy : List.of("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")) {
                arguments.put(proxy, DockerRuntime.DOOR.toString());
            }
        }
        arguments.putAll(order.buildArgs());
        try (var tar = TarOfContext.write(context, recipe.labelled(images.mark()))) {
            var inTime = engine.images().build(new EngineImages.Build(name, tar, network, recipe.file(), arguments, labels(order), order.noCache(),
                    order.limits().memoryBytes(), longest), log);
            if (!inTime) {
                throw tooLong(order);
            }
            return String.valueOf(engine.images().find(name).getId());
        } catch (EngineException e) {
            throw e.isAway() ? SandboxException.ofHost(e.getMessage(), e) : new SandboxException(e.getMessage(), e);
        } catch (IOException e) {
            throw SandboxException.ofHost("the context cannot be read again: " + e.getMessage(), e);
        }
    }

    Source.Built kept(ImageOrder order, String name, String id, Duration longest, Consumer<String> log) throws SandboxException, InterruptedException {
        try {
            var image = engine.images().find(id);
            var size = image.getSize();
            if (size != null && size > order.limits().diskBytes()) {
                throw new SandboxException("the image has " + (size >> 20) + " MB: at most " + (order.limits().diskBytes() >> 20) + " are taken");
            }
            if (settings.registry().isEmpty()) {
                return new Source.Built(id, String.valueOf(engine.info().getId()));
            }
            log.accept("pushing " + name);
            engine.images().push(name, longest);
            var digests = engine.images().find(name).getRepoDigests();
            var repository = name.substring(0, name.lastIndexOf(':'));
            return new Source.Built(
                    (digests == null ? List.<String>of() : digests).stream()
                            .flatMap(digest -> ImageName.of(digest).map(ImageName::text).stream())
                            .filter(digest -> digest.startsWith(repository + "@"))
                            .findFirst()
                            .orElseThrow(() -> new SandboxException("the registry gave '" + name + "' no digest")),
                    null);
        } catch (EngineException e) {
            throw SandboxException.ofHost("the image was built and cannot be kept: " + e.getMessage(), e);
        }
    }

    private Map<String, String> labels(ImageOrder order) {
        return Map.of(
                "dev.assay.installation", settings.installation(), "dev.assay.environment", order.environmentId(),
                DockerImages.VERSION, order.version(), "dev.assay.context", order.contextSha256());
    }
}
