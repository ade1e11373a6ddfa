// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SessionFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A sandbox that is a container, with another one for its network. */
final class DockerSandbox implements Sandbox {

    /** An engine that is started anew does not take that long, and its containers may outlive that. */
    private static final Duration AWAY = Duration.ofSeconds(30);

    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final long LOOK_EVERY_MILLIS = 500;

    private final Engine engine;
    private final String id;
    private final DockerImage image;
    private final Path control;
    private final Runnable onClose;
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final ContainerOutput output = new ContainerOutput(serving);
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private volatile @Nullable String endedBecause;
    private volatile boolean closed;
    private volatile Runnable whenClosed = () -> {};

    /** As the engine knows it. */
    private volatile String container;
    private volatile Future<?> lifetime = CompletableFuture.completedFuture(null);

    DockerSandbox(Engine engine, String id, DockerImage image, Path control, Runnable onClose) {
        this.engine = engine;
        this.id = id;
        this.image = image;
        this.control = control;
        this.onClose = onClose;
        this.container = SandboxContainer.name(id);
    }

    String id() {
        return id;
    }

    ContainerOutput output() {
        return output;
    }

    /** Begins to watch a container that was started. */
    void watch() {
        Thread.ofPlatform().daemon().name("container-" + id).start(() -> ended.complete(ending()));
    }

    /** Why it has ended, once it has. */
    private String ending() {
        long answered = System.nanoTime();
        while (!closed) {
            try {
                engine.awaitExit(container);
                var state = engine.container(container).getState();
                if (Boolean.TRUE.equals(state.getOOMKilled())) {
                    return "it used more memory than its limit";
                }
                return "exited with code " + state.getExitCodeLong();
            } catch (InterruptedException e) {
                break;
            } catch (EngineException e) {
                if (!e.isAway() || System.nanoTime() - answered > AWAY.toNanos()) {
                    return e.isMissing() ? "its container was removed" : String.valueOf(e.getMessage());
                }
            }
            try {
                Thread.sleep(LOOK_EVERY_MILLIS);
                engine.ping();
                answered = System.nanoTime();
            } catch (EngineException stillAway) {
                // once more
            } catch (InterruptedException e) {
                break;
            }
        }
        return "closed";
    }

    /** In place of what would have before. */
    void endsBy(Future<?> timer) {
        lifetime.cancel(false);
        lifetime = timer;
    }

    void whenClosed(Runnable then) {
        whenClosed = then;
    }

    /** Its id at the engine, for one whose name may change. */
    void isContainer(String itsId) {
        container = itsId;
    }

    void pause() throws EngineException {
        engine.pause(container);
    }

    void goOn() throws EngineException {
        engine.goOn(container);
    }

    /** It was started for nobody, and is this run's now. No engine writes other labels on a container that runs, but it takes another name. */
    void becomes(SandboxLabel label) throws EngineException {
        engine.rename(container, SandboxContainer.name(id, label));
    }

    /** @param left of the time that it has to start */
    void awaitServing(Duration startup, Duration left) throws SandboxException, InterruptedException {
        try {
            CompletableFuture.anyOf(serving, ended).get(left.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SandboxException("the environment did not serve within " + startup.toSeconds() + "s", output.tail().toString());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        if (serving.isDone()) {
            return;
        }
        var because = endedBecause == null ? ended.join() : endedBecause;
        var last = output.tail().last();
        throw new SandboxException(
                "container for image '" + image.name() + "' ended before serving: " + because + (last.isEmpty() ? "" : ": " + last),
                output.tail().toString());
    }

    @Override
    public SocketAddress address() {
        return UnixDomainSocketAddress.of(control);
    }

    @Override
    public Optional<URI> door() {
        return Optional.of(DockerRuntime.DOOR);
    }

    @Override
    public String outputTail() {
        var because = endedBecause != null ? endedBecause : closed || !ended.isDone() ? null : ended.join();
        return because == null ? output.tail().toString() : output.tail() + "\n" + because;
    }

    @Override
    public boolean alive() {
        return !ended.isDone();
    }

    /** Asked of the engine now: whoever wants to know has seen something break just before. */
    @Override
    public Optional<String> lostBecause() {
        if (closed || endedBecause != null) {
            return Optional.empty();
        }
        try {
            engine.container(container);
            var relay = engine.container(Relay.name(id)).getState();
            return Boolean.TRUE.equals(relay.getRunning())
                    ? Optional.empty()
                    : Optional.of("the network of its container ended, as it does when the Docker engine does");
        } catch (EngineException e) {
            return Optional.of(e.isMissing() ? "its container was removed" : String.valueOf(e.getMessage()));
        }
    }

    /** It broke a rule of ours. */
    synchronized void end(String because) {
        endedBecause = because;
        try {
            engine.remove(container);
        } catch (EngineException e) {
            // then whoever closes it finds it
        }
    }

    /** @throws SandboxException if it broke one */
    void requireNotEnded() throws SandboxException {
        var because = endedBecause;
        if (because != null) {
            throw new SandboxException("the sandbox was ended while it started: " + because, output.tail().toString());
        }
    }

    /** What cannot be removed now is left to reaping. */
    @Override
    public void close() {
        closed = true;
        lifetime.cancel(false);
        whenClosed.run();
        onClose.run();
    }

    @Override
    public boolean keepsSessionFiles() {
        return true;
    }

    /** Its container is stopped first: of one that runs, the engine leaves out without a word what changes while it is read. */
    @Override
    public Optional<SessionFiles> close(String session) throws SandboxException {
        try {
            if (closed) {
                throw SandboxException.ofHost("the container was removed before the files of its session were taken along", null);
            }
            if (endedBecause != null) {
                throw new SandboxException("the container was ended before the files of its session were taken along: " + endedBecause);
            }
            if (!SessionFiles.canHaveFolder(session)) {
                return Optional.empty();
            }
            requireReadable();
            engine.stop(container, GRACE);
            return SessionFiles.taken(control.getParent(), files -> take(session, files));
        } catch (EngineException e) {
            throw SandboxException.ofHost("the files of the actor's session cannot be taken along: " + e.getMessage(), e);
        } finally {
            close();
        }
    }

    /** Whether there is such a folder, which the engine says of a container that is gone as well: so that is asked, too. */
    private boolean take(String session, SessionFiles files) throws IOException, SandboxException {
        try {
            for (var place : List.of(SessionFiles.PLACE, SessionFiles.OLD_PLACE)) {
                if (takeFrom(place + "/" + session, files)) {
                    return true;
                }
            }
            engine.container(container);
            return false;
        } catch (EngineException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private boolean takeFrom(String path, SessionFiles files) throws EngineException, IOException, SandboxException {
        InputStream archive;
        try {
            archive = engine.get(container, path);
        } catch (EngineException e) {
            if (e.isMissing()) {
                return false;
            }
            throw e;
        }
        try (archive) {
            SessionArchive.take(archive, files);
            return true;
        }
    }

    /** What is kept in memory is seen by its container alone. */
    private void requireReadable() throws EngineException, SandboxException {
        var memory = engine.container(container).getHostConfig().getTmpFs();
        for (var folder : memory == null ? Set.<String>of() : memory.keySet()) {
            if (Path.of(SessionFiles.PLACE).startsWith(folder) || Path.of(SessionFiles.OLD_PLACE).startsWith(folder)) {
                throw new SandboxException("the image '" + image.name() + "' has a volume at " + folder + ": the files of its sessions, in "
                        + SessionFiles.PLACE + ", cannot be taken along nor be given to it");
            }
        }
    }

    @Override
    public void restore(String session, SessionFiles files) throws SandboxException {
        if (files.isEmpty()) {
            return;
        }
        var name = SessionFiles.required(session);
        try (var folder = SessionArchive.folderOf(name); var archive = files.archive()) {
            requireReadable();
            engine.put(container, SessionFiles.PLACE, folder);
            engine.put(container, SessionFiles.PLACE + "/" + name, archive);
        } catch (EngineException | IOException e) {
            throw SandboxException.ofHost("the files of the actor's session cannot be put into the sandbox: " + e.getMessage(), e);
        }
    }
}
