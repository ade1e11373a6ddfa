// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputTail;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SessionFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A sandbox that is processes of this machine. */
final class ProcessSandbox implements Sandbox {

    private static final String ANNOUNCEMENT = "HUD_SERVE_PORT=";
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final OutputTail tail;
    private final CompletableFuture<Integer> port;
    private final RunningSandbox process;
    private final Optional<URI> door;
    private final AtomicReference<Runnable> onClose = new AtomicReference<>(() -> {});

    ProcessSandbox(OutputTail tail, CompletableFuture<Integer> port, RunningSandbox process, Optional<URI> door) {
        this.tail = tail;
        this.port = port;
        this.process = process;
        this.door = door;
    }

    /** Once, however often it is closed: what it gives back may be another's by the second time. */
    void onClose(Runnable action) {
        onClose.set(action);
    }

    /** Takes the announcement out of the output, and keeps the rest. */
    static Consumer<String> listener(OutputTail tail, CompletableFuture<Integer> port) {
        return line -> {
            if (!port.isDone() && line.startsWith(ANNOUNCEMENT)) {
                try {
                    port.complete(Integer.parseInt(line.substring(ANNOUNCEMENT.length()).strip()));
                    return;
                } catch (NumberFormatException e) {
                    // then it is a line like any other
                }
            }
            tail.add(line);
        };
    }

    /** Waits until it serves. */
    void awaitPort(Duration startup) throws SandboxException, InterruptedException {
        process.onExit().thenRun(() -> port.completeExceptionally(new IllegalStateException("exited")));
        try {
            port.get(startup.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SandboxException("the environment did not serve within " + startup.toSeconds() + "s", tail.toString());
        } catch (ExecutionException e) {
            process.waitFor(Duration.ofSeconds(1));
            var ended = process.endedBecause();
            if (ended != null) {
                throw new SandboxException("the environment did not serve: " + ended, tail.toString());
            }
            int code = process.onExit().join();
            if (code == ForkedProcess.UNKNOWN) {
                throw SandboxException.ofHost("the environment was ended from outside before it served", e);
            }
            var last = tail.last();
            throw new SandboxException(
                    "the environment exited with code " + code + " before serving" + (last.isEmpty() ? "" : ": " + last), tail.toString());
        }
    }

    /** What it announces counts only where it has no network of its own: there it is always the same port behind the same socket. */
    @Override
    public SocketAddress address() {
        var own = process.network();
        return own == null
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port.join())
                : UnixDomainSocketAddress.of(own.control());
    }

    @Override
    public Optional<URI> door() {
        return door;
    }

    @Override
    public boolean isFork() {
        return process instanceof ForkedProcess;
    }

    @Override
    public String outputTail() {
        var ended = process.endedBecause();
        return ended == null ? tail.toString() : tail + "\n" + ended;
    }

    @Override
    public boolean alive() {
        return process.alive();
    }

    @Override
    public void close() {
        close(GRACE);
    }

    void close(Duration grace) {
        process.close(grace);
        onClose.getAndSet(() -> {}).run();
    }

    /** Without walls it says so where there would be any. */
    @Override
    public boolean keepsSessionFiles() {
        return true;
    }

    /** Without walls it has no place of its own for them: whoever puts some into the machine's is told. */
    @Override
    public Optional<SessionFiles> close(String session) throws SandboxException {
        if (!process.folder().isolation().hasOwnRoot() || !SessionFiles.canHaveFolder(session)) {
            close();
            if (SessionFiles.canHaveFolder(session) && Files.exists(Path.of(SessionFiles.PLACE, session), LinkOption.NOFOLLOW_LINKS)) {
                throw new SandboxException("the files of the actor's session cannot be taken along: sandboxes have no walls here, so they are in "
                        + SessionFiles.PLACE + " of the worker's machine");
            }
            return Optional.empty();
        }
        try {
            return process.close(GRACE, folder ->
                    SessionFiles.taken(folder.folder(), files -> SessionFolder.take(folder.root(), session, files)));
        } finally {
            onClose.getAndSet(() -> {}).run();
        }
    }

    @Override
    public void restore(String session, SessionFiles files) throws SandboxException {
        if (files.isEmpty() || !process.folder().isolation().hasOwnRoot()) {
            Sandbox.super.restore(session, files);
            return;
        }
        try {
            SessionFolder.put(process.folder(), SessionFiles.required(session), files);
        } catch (IOException | InvalidPathException e) {
            throw SandboxException.ofHost("the files of the actor's session cannot be put into the sandbox: " + e.getMessage(), e);
        }
    }
}
