// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import dev.assay.sdk.protocol.compose.ComposeService.FileCopy;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds the images of a project's services. What Compose would mount of the project's folder is copied: a run needs images and nothing else. */
final class ProjectImages {

    /** No file of an author's: it stands in for it in what the engine is given. */
    private static final String RECIPE_OF_FILES = ".assay-files";

    private final ImageBuild builds;
    private final DockerImages images;

    ProjectImages(ImageBuild builds, DockerImages images) {
        this.builds = builds;
        this.images = images;
    }

    Source.Compose build(
            ImageContext context, ComposeProject project, ImageOrder order, ImageBuild.NetworkOfSteps steps, Consumer<String> log)
            throws SandboxException, InterruptedException {
        long end = System.nanoTime() + order.longest().toNanos();
        Map<String, String> built = new HashMap<>();
        List<String> names = new ArrayList<>();
        @Nullable String engine = null;
        try {
            for (var service : project.services().values()) {
                if (service.isBuilt()) {
                    log.accept("service '" + service.name() + "'");
                    var image = build(context, service, order, end, steps, names, log);
                    built.put(service.buildKey(), image.reference());
                    engine = image.engine();
                }
            }
            return new Source.Compose(project, built, engine);
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            names.forEach(images::discard);
            throw e;
        }
    }

    private Source.Built build(
            ImageContext context, ComposeService service, ImageOrder order, long end, ImageBuild.NetworkOfSteps steps, List<String> names,
            Consumer<String> log)
            throws SandboxException, InterruptedException {
        Map<String, String> args = new TreeMap<>();
        var build = service.build();
        if (build != null) {
            args.putAll(build.args());
        }
        args.putAll(order.buildArgs());
        var own = order.ofService(service.name(), service.buildKey(), args);
        var name = builds.name(own);
        names.add(name);
        if (service.files().isEmpty()) {
            return builds.kept(own, name, made(context, service, own, end, name, steps, log), ImageBuild.left(end), log);
        }
        var without = name + "-base";
        try {
            var id = made(context, service, own, end, without, steps, log);
            var files = filesOnto(id, context, service.files());
            return builds.kept(own, name, builds.make(context, files, own, end, name, log), ImageBuild.left(end), log);
        } finally {
            images.discard(without);
        }
    }

    /** What a service begins with, before it is given files; returns its id. */
    private String made(
            ImageContext context, ComposeService service, ImageOrder order, long end, String name, ImageBuild.NetworkOfSteps steps, Consumer<String> log)
            throws SandboxException, InterruptedException {
        var build = service.build();
        try {
            if (build != null) {
                return builds.make(context.within(build.context(), build.recipe()), order, end, name, steps, log);
            }
            var image = String.valueOf(service.image());
            var refused = images.refusal(image);
            if (refused.isPresent()) {
                throw new SandboxException(refused.get());
            }
            return images.named(image, log).id();
        } catch (SandboxException e) {
            throw e.isHosts() ? e : new SandboxException("service '" + service.name() + "': " + e.getMessage(), e);
        }
    }

    private static ImageRecipe.Checked filesOnto(String image, ImageContext context, List<FileCopy> files) throws SandboxException {
        var text = new StringBuilder("FROM ").append(image).append('\n');
        for (var file : files) {
            context.find(file.source());
            text.append("COPY ").append(Json.MAPPER.writeValueAsString(List.of(file.source().isEmpty() ? "." : file.source(), file.target()))).append('\n');
        }
        return new ImageRecipe.Checked(RECIPE_OF_FILES, text.toString(), Set.of(), false, false);
    }
}
