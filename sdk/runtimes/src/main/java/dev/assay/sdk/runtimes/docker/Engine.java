// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.WaitResponse;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** What is asked of a Docker engine: of itself, and of its containers. Of its images {@link EngineImages} asks. */
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

    private final EngineImages images;

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
        images = new EngineImages(this, patient);
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

    EngineImages images() {
        return images;
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
