// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.PruneType;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.PushResponseItem;
import com.github.dockerjava.api.model.WaitResponse;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.FilterInputStream;
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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is asked of a Docker engine. */
final class Engine implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);

    private final DefaultDockerClientConfig config;
    private final DockerClient quick;

    /** For whether it answers at all. */
    private final DockerClient brief;

    /** For what lasts as long as a container does, or as a download. */
    private final DockerClient patient;

    /** @param host its address; empty: as the engine's own client finds it */
    Engine(String host) {
        var builder = DefaultDockerClientConfig.createDefaultConfigBuilder();
        if (!host.isEmpty()) {
            builder.withDockerHost(host);
        }
        config = builder.build();
        quick = client(ANSWER);
        brief = client(SIGN_OF_LIFE);
        patient = client(Duration.ZERO);
    }

    private DockerClient client(Duration answer) {
        var http = new ZerodepDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .sslConfig(config.getSSLConfig())
                .connectionTimeout(CONNECT)
                .maxConnections(Integer.MAX_VALUE);
        return DockerClientImpl.getInstance(config, (answer.isZero() ? http : http.responseTimeout(answer)).build());
    }

    String address() {
        return config.getDockerHost().toString();
    }

    /** Sandboxes and their worker meet in a folder that both see. */
    boolean isOfThisMachine() {
        return "unix".equals(config.getDockerHost().getScheme());
    }

    Info info() throws EngineException {
        return ask(() -> quick.infoCmd().exec());
    }

    /** As {@link #info}, for whoever has other things to do. */
    Info infoBriefly() throws EngineException {
        return ask(() -> brief.infoCmd().exec());
    }

    void ping() throws EngineException {
        ask(() -> quick.pingCmd().exec());
    }

    InspectImageResponse image(String reference) throws EngineException {
        return ask(() -> quick.inspectImageCmd(reference).exec());
    }

    void pull(String reference, Duration longest, Consumer<String> log) throws EngineException, InterruptedException {
        var failure = new AtomicReference<String>();
        var pulling = new EngineAnswer<PullResponseItem>(item -> {
            if (item.getErrorDetail() != null) {
                failure.set(String.valueOf(item.getErrorDetail().getMessage()));
            } else if (item.getProgressDetail() == null && item.getStatus() != null) {
                log.accept(item.getStatus());
            }
        });
        if (!pulling.await(() -> patient.pullImageCmd(reference).exec(pulling), longest)) {
            throw tooLong("not pulled", longest);
        }
        if (failure.get() != null) {
            throw new EngineException(404, failure.get(), new IOException(failure.get()));
        }
    }

    /** @param context a tar with a recipe in it; nothing is pulled for it, and no step has a network */
    void build(String name, InputStream context) throws EngineException, InterruptedException {
        var failure = new AtomicReference<String>();
        var building = new EngineAnswer<BuildResponseItem>(item -> {
            if (item.getErrorDetail() != null) {
                failure.set(String.valueOf(item.getErrorDetail().getMessage()));
            }
        });
        building.await(() -> patient.buildImageCmd().withTarInputStream(context).withTags(Set.of(name)).withNetworkMode("none")
                .withForcerm(true).exec(building));
        if (failure.get() != null) {
            throw new EngineException(500, failure.get(), new IOException(failure.get()));
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
        var failure = new AtomicReference<String>();
        var line = new StringBuilder();
        var building = new EngineAnswer<BuildResponseItem>(item -> {
            if (item.getErrorDetail() != null) {
                failure.set(String.valueOf(item.getErrorDetail().getMessage()));
            } else if (item.getStream() != null) {
                tellLines(line, item.getStream(), log);
            }
        });
        var inTime = building.await(() -> {
            var command = patient.buildImageCmd().withTarInputStream(build.context()).withTags(Set.of(build.name()))
                    .withDockerfilePath(build.file()).withNetworkMode(build.network()).withLabels(build.labels())
                    .withNoCache(build.noCache()).withMemory(build.memoryBytes()).withMemswap(build.memoryBytes()).withForcerm(true);
            build.arguments().forEach(command::withBuildArg);
            command.exec(building);
        }, build.longest());
        if (!inTime) {
            return false;
        }
        if (failure.get() != null) {
            throw new EngineException(500, failure.get(), new IOException(failure.get()));
        }
        return true;
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
    List<String> imageNames(String reference) throws EngineException {
        try {
            var image = image(reference);
            return Stream.of(image.getRepoTags(), image.getRepoDigests()).filter(Objects::nonNull).flatMap(List::stream).toList();
        } catch (EngineException e) {
            if (e.isMissing()) {
                return List.of();
            }
            throw e;
        }
    }

    /** All that have a label. */
    List<UnneededImages.BuiltImage> builtImages(String label) throws EngineException {
        return ask(() -> quick.listImagesCmd().withLabelFilter(label).exec()).stream()
                .map(image -> new UnneededImages.BuiltImage(
                        Stream.of(image.getRepoTags(), image.getRepoDigests()).filter(Objects::nonNull).flatMap(Stream::of).toList(),
                        image.getLabels(), Instant.ofEpochSecond(image.getCreated())))
                .toList();
    }

    /** The ids of all that have such a name, with whatever tag. */
    List<String> imagesNamed(String name) throws EngineException {
        return ask(() -> quick.listImagesCmd().withReferenceFilter(name).exec()).stream().map(Image::getId).distinct().toList();
    }

    /** What those hold that have the label or such a name. */
    long imageBytes(String label, String name) throws EngineException {
        var bytes = new HashMap<String, Long>();
        ask(() -> quick.listImagesCmd().withLabelFilter(label).exec()).forEach(image -> bytes.put(image.getId(), image.getSize()));
        ask(() -> quick.listImagesCmd().withReferenceFilter(name).exec()).forEach(image -> bytes.put(image.getId(), image.getSize()));
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    void nameImage(String id, String name, String tag) throws EngineException {
        ask(() -> quick.tagImageCmd(id, name, tag).exec());
    }

    /** Takes the name away, and the image with it if that was the last; one that is not there, or that a container has, is well. */
    void removeImage(String name) throws EngineException {
        try {
            ask(() -> quick.removeImageCmd(name).exec());
        } catch (EngineException e) {
            if (!e.isMissing() && !e.isInUse()) {
                throw e;
            }
        }
    }

    /** Takes away what was made before then, carries the label, has no name, and is neither a container's nor what something else is made of. */
    void pruneImages(String label, Instant before) throws EngineException {
        ask(() -> quick.pruneCmd(PruneType.IMAGES).withDangling(true).withLabelFilter(label)
                .withUntilFilter(String.valueOf(before.getEpochSecond())).exec());
    }

    void push(String name, Duration longest) throws EngineException, InterruptedException {
        var failure = new AtomicReference<String>();
        var pushing = new EngineAnswer<PushResponseItem>(item -> {
            if (item.getErrorDetail() != null) {
                failure.set(String.valueOf(item.getErrorDetail().getMessage()));
            }
        });
        if (!pushing.await(() -> patient.pushImageCmd(name).exec(pushing), longest)) {
            throw tooLong("not pushed", longest);
        }
        if (failure.get() != null) {
            throw new EngineException(500, failure.get(), new IOException(failure.get()));
        }
    }

    private static EngineException tooLong(String what, Duration longest) {
        return new EngineException(500, what + " within " + longest.toSeconds() + "s", new IOException("too long"));
    }

    /** What a container is made of. */
    record Recipe(
            String name, String image, String user, List<String> entrypoint, List<String> command, List<String> variables,
            Map<String, String> labels, HostConfig host) {}

    /** Returns its id, which it keeps whatever it is called. */
    String create(Recipe recipe) throws EngineException {
        return create(recipe, command -> {});
    }

    /** @param more that the container is made of */
    String create(Recipe recipe, Consumer<CreateContainerCmd> more) throws EngineException {
        return ask(() -> {
            var create = quick.createContainerCmd(recipe.image())
                    .withName(recipe.name())
                    .withLabels(recipe.labels())
                    .withEnv(recipe.variables())
                    .withHostConfig(recipe.host());
            if (!recipe.user().isEmpty()) {
                create.withUser(recipe.user());
            }
            if (!recipe.entrypoint().isEmpty()) {
                create.withEntrypoint(recipe.entrypoint()).withCmd(recipe.command());
            }
            more.accept(create);
            return create.exec().getId();
        });
    }

    /** @param archive a tar, unpacked below {@code folder}; a folder that is there already is not made another thing */
    void put(String container, String folder, InputStream archive) throws EngineException {
        ask(() -> quick.copyArchiveToContainerCmd(container).withRemotePath(folder).withNoOverwriteDirNonDir(true).withTarInputStream(archive)
                .exec());
    }

    /**
     * A tar of what is at that path, whose last name comes before all others. Whoever closes it before its end ends it there: it has a
     * connection of its own, as the rest may be without end, and the engine removes no container that it is still reading.
     */
    InputStream get(String container, String path) throws EngineException {
        var own = client(ANSWER);
        InputStream archive;
        try {
            archive = ask(() -> own.copyArchiveFromContainerCmd(container, path).exec());
        } catch (EngineException e) {
            close(own);
            throw e;
        }
        return new FilterInputStream(archive) {
            @Override
            public void close() {
                Engine.close(own);
            }
        };
    }

    /** Asks its program to end, and ends it when that time is over; one that has ended is well. */
    void stop(String container, Duration grace) throws EngineException {
        try {
            ask(() -> quick.stopContainerCmd(container).withTimeout((int) grace.toSeconds()).exec());
        } catch (EngineException e) {
            if (!e.isSoAlready()) {
                throw e;
            }
        }
    }

    void start(String container) throws EngineException {
        ask(() -> quick.startContainerCmd(container).exec());
    }

    /** Hands all that it prints over, from now until it ends, on a thread of its own; returns once it listens. */
    void follow(String container, Consumer<Frame> frames) throws EngineException, InterruptedException {
        var following = new EngineAnswer<>(frames);
        following.awaitBegun(() -> patient.attachContainerCmd(container).withStdOut(true).withStdErr(true).withFollowStream(true).exec(following));
    }

    /** Returns when it has ended. */
    void awaitExit(String container) throws EngineException, InterruptedException {
        var waiting = new EngineAnswer<WaitResponse>(exit -> {});
        waiting.await(() -> patient.waitContainerCmd(container).exec(waiting));
    }

    InspectContainerResponse container(String name) throws EngineException {
        return ask(() -> quick.inspectContainerCmd(name).exec());
    }

    /** Nothing in it gets any of a processor's time until it goes on; its memory stays. */
    void pause(String container) throws EngineException {
        ask(() -> quick.pauseContainerCmd(container).exec());
    }

    void goOn(String container) throws EngineException {
        ask(() -> quick.unpauseContainerCmd(container).exec());
    }

    void rename(String container, String name) throws EngineException {
        ask(() -> quick.renameContainerCmd(container).withName(name).exec());
    }

    /** Those that run and those that do not. */
    List<Container> labelled(Map<String, String> labels, List<String> names, boolean sizes) throws EngineException {
        return ask(() -> {
            var list = quick.listContainersCmd().withShowAll(true).withShowSize(sizes);
            return (labels.isEmpty() ? list.withLabelFilter(names) : list.withLabelFilter(labels)).exec();
        });
    }

    /** Ends and deletes it with what it wrote; one that is not there is well. */
    void remove(String container) throws EngineException {
        try {
            ask(() -> quick.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec());
        } catch (EngineException e) {
            if (!e.isMissing() && !e.getMessage().contains("is already in progress")) {
                throw e;
            }
        }
    }

    <T> T ask(Function<DockerClient, T> question) throws EngineException {
        return ask(() -> question.apply(quick));
    }

    private static <T> T ask(Supplier<T> question) throws EngineException {
        try {
            return question.get();
        } catch (RuntimeException e) {
            throw EngineException.of(e);
        }
    }

    @Override
    public void close() {
        List.of(quick, brief, patient).forEach(Engine::close);
    }

    private static void close(DockerClient client) {
        try {
            client.close();
        } catch (IOException | RuntimeException e) {
            // nobody asks any more
        }
    }
}
