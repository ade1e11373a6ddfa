// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.PruneType;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.PushResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What is asked of a Docker engine's images. */
final class EngineImages {

    private final Engine engine;

    /** For what lasts as long as a download does. */
    private final DockerClient patient;

    EngineImages(Engine engine, DockerClient patient) {
        this.engine = engine;
        this.patient = patient;
    }

    InspectImageResponse find(String reference) throws EngineException {
        return engine.ask(docker -> docker.inspectImageCmd(reference).exec());
    }

    void pull(String reference, Duration longest, Consumer<String> log) throws EngineException, InterruptedException {
        var pulled = told(404, longest, (PullResponseItem item) -> {
            if (item.getProgressDetail() == null && item.getStatus() != null) {
                log.accept(item.getStatus());
            }
        }, answer -> patient.pullImageCmd(reference).exec(answer));
        if (!pulled) {
            throw tooLong("not pulled", longest);
        }
    }

    /**
     * An image to build of a context by the engine's classic builder.
     *
     * @param context a tar
     * @param network of its steps
     * @param file the recipe within the context
     */
    record Build(
            String name, InputStream context, String network, String file, Map<String, String> arguments, Map<String, String> labels,
            boolean noCache, long memoryBytes, Duration longest) {}

    /** Returns whether it ended in time. */
    boolean build(Build build, Consumer<String> log) throws EngineException, InterruptedException {
        var line = new StringBuilder();
        return told(500, build.longest(), (BuildResponseItem item) -> {
            if (item.getStream() != null) {
                tellLines(line, item.getStream(), log);
            }
        }, answer -> {
            var command = patient.buildImageCmd().withTarInputStream(build.context()).withTags(Set.of(build.name()))
                    .withDockerfilePath(build.file()).withNetworkMode(build.network()).withLabels(build.labels())
                    .withNoCache(build.noCache()).withMemory(build.memoryBytes()).withMemswap(build.memoryBytes()).withForcerm(true);
            build.arguments().forEach(command::withBuildArg);
            command.exec(answer);
        });
    }

    /** Whatever the pieces are, lines come out. */
    private static void tellLines(StringBuilder begun, String piece, Consumer<String> log) {
        for (int end; (end = piece.indexOf('\n')) >= 0; piece = piece.substring(end + 1)) {
            begun.append(piece, 0, end);
            if (!begun.toString().isBlank()) {
                log.accept(begun.toString().stripTrailing());
            }
            begun.setLength(0);
        }
        begun.append(piece);
    }

    /** The names that an image has, with tags and with digests; none if it is not there. */
    List<String> names(String reference) throws EngineException {
        try {
            var image = find(reference);
            return Stream.of(image.getRepoTags(), image.getRepoDigests()).filter(Objects::nonNull).flatMap(List::stream).toList();
        } catch (EngineException e) {
            if (e.isMissing()) {
                return List.of();
            }
            throw e;
        }
    }

    /** All that have a label. */
    List<UnneededImages.BuiltImage> built(String label) throws EngineException {
        return engine.ask(docker -> docker.listImagesCmd().withLabelFilter(label).exec()).stream()
                .map(image -> new UnneededImages.BuiltImage(
                        Stream.of(image.getRepoTags(), image.getRepoDigests()).filter(Objects::nonNull).flatMap(Stream::of).toList(),
                        image.getLabels(), Instant.ofEpochSecond(image.getCreated())))
                .toList();
    }

    /** The ids of all that have such a name, with whatever tag. */
    List<String> named(String name) throws EngineException {
        return engine.ask(docker -> docker.listImagesCmd().withReferenceFilter(name).exec()).stream().map(Image::getId).distinct().toList();
    }

    /** What those hold that have the label or such a name. */
    long bytes(String label, String name) throws EngineException {
        var labelled = engine.ask(docker -> docker.listImagesCmd().withLabelFilter(label).exec());
        var named = engine.ask(docker -> docker.listImagesCmd().withReferenceFilter(name).exec());
        var bytes = new HashMap<String, Long>();
        Stream.of(labelled, named).flatMap(List::stream).forEach(image -> bytes.put(image.getId(), image.getSize()));
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    void name(String id, String name, String tag) throws EngineException {
        engine.ask(docker -> docker.tagImageCmd(id, name, tag).exec());
    }

    /** Takes the name away, and the image with it if that was the last; one that is not there, or that a container has, is well. */
    void remove(String name) throws EngineException {
        try {
            engine.ask(docker -> docker.removeImageCmd(name).exec());
        } catch (EngineException e) {
            if (!e.isMissing() && !e.isInUse()) {
                throw e;
            }
        }
    }

    /** Takes away what was made before then, carries the label, has no name, and is neither a container's nor what something else is made of. */
    void prune(String label, Instant before) throws EngineException {
        engine.ask(docker -> docker.pruneCmd(PruneType.IMAGES).withDangling(true).withLabelFilter(label)
                .withUntilFilter(String.valueOf(before.getEpochSecond())).exec());
    }

    void push(String name, Duration longest) throws EngineException, InterruptedException {
        if (!told(500, longest, (PushResponseItem item) -> {}, answer -> patient.pushImageCmd(name).exec(answer))) {
            throw tooLong("not pushed", longest);
        }
    }

    private static EngineException tooLong(String what, Duration longest) {
        return new EngineException(500, what + " within " + longest.toSeconds() + "s", new IOException("too long"));
    }

    /**
     * What is told piece by piece, one of which may say that it failed.
     *
     * @param status of such a failure
     * @return whether it ended in time
     */
    private static <T extends ResponseItem> boolean told(
            int status, Duration longest, Consumer<T> pieces, Consumer<EngineAnswer<T>> question) throws EngineException, InterruptedException {
        var failure = new AtomicReference<String>();
        var answer = new EngineAnswer<T>(piece -> {
            if (piece.getErrorDetail() != null) {
                failure.set(String.valueOf(piece.getErrorDetail().getMessage()));
            } else {
                pieces.accept(piece);
            }
        });
        if (!answer.await(() -> question.accept(answer), longest)) {
            return false;
        }
        if (failure.get() != null) {
            throw new EngineException(status, failure.get(), new IOException(failure.get()));
        }
        return true;
    }
}
