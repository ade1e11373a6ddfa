// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A sandbox at a provider whose environment was started. */
final class AccountSandbox implements Sandbox {

    private final String provider;
    private final ProviderApi api;
    private final String id;
    private final Optional<URI> door;
    private final ServedProcess environment;
    private final ControlSocket control;
    private final Runnable remove;
    private volatile boolean closed;
    private volatile Future<?> lifetime = CompletableFuture.completedFuture(null);

    /**
     * @param provider as people call it
     * @param id its own, at the provider
     * @param door the gateway, if it is reached from in there
     * @param remove ends what there is of it
     */
    AccountSandbox(
            String provider, ProviderApi api, String id, Optional<URI> door, ServedProcess environment, ControlSocket control, Runnable remove) {
        this.provider = provider;
        this.api = api;
        this.id = id;
        this.door = door;
        this.environment = environment;
        this.control = control;
        this.remove = remove;
    }

    void endsBy(Future<?> timer) {
        lifetime = timer;
    }

    void awaitServing(Duration startup) throws SandboxException, InterruptedException {
        try {
            CompletableFuture.anyOf(environment.serving(), environment.ended()).get(startup.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SandboxException("the environment did not serve within " + startup.toSeconds() + "s", outputTail());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        if (!environment.serving().isDone()) {
            throw failed(environment.ended().join());
        }
    }

    private SandboxException failed(ServedProcess.End end) {
        if (end.lost()) {
            return SandboxException.ofHost("the sandbox at " + provider + " was lost before serving: " + end.because(), null);
        }
        var tail = environment.tail();
        var code = end.code().isPresent() ? "the environment exited with code " + end.code().getAsInt() + " before serving" : end.because();
        return new SandboxException(code + (tail.last().isEmpty() ? "" : ": " + tail.last()), tail.toString());
    }

    @Override
    public SocketAddress address() {
        return control.address();
    }

    @Override
    public Optional<URI> door() {
        return door;
    }

    @Override
    public boolean isOutOfReach() {
        return door.isEmpty();
    }

    @Override
    public String outputTail() {
        var end = environment.ended();
        return end.isDone() && !closed ? environment.tail() + "\n" + end.join().because() : environment.tail().toString();
    }

    @Override
    public boolean alive() {
        return !environment.ended().isDone();
    }

    /** Asked of the provider now: whoever wants to know has seen something break just before, and word of it may be on its way. */
    @Override
    public Optional<String> lostBecause() {
        if (closed) {
            return Optional.empty();
        }
        var end = environment.ended();
        if (end.isDone()) {
            return end.join().lost() ? Optional.of(end.join().because()) : Optional.empty();
        }
        try {
            return api.isThere(id) ? control.brokeBecause() : Optional.of(provider + " has its sandbox no more");
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** It broke a rule of ours. */
    void end(String because) {
        environment.end(false, because);
        remove();
    }

    /** Whoever comes second waits for the first: it is gone then. */
    private synchronized void remove() {
        remove.run();
    }

    /** What cannot be killed now is left to reaping, and to its own time-out. */
    @Override
    public void close() {
        closed = true;
        lifetime.cancel(false);
        environment.end(false, "closed");
        control.close();
        remove();
    }
}
