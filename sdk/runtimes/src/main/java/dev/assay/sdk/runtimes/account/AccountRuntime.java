// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs images as sandboxes of a provider, each in the account of the team that it is for. Neither a closed runtime nor a killed one leaves
 * anything running for good: the provider itself ends each that nobody needs any more.
 *
 * @param <A> how the provider is asked, with one team's credential
 */
public abstract class AccountRuntime<A extends ProviderApi> implements Runtime, AutoCloseable {

    private final AccountSandboxes<A> sandboxes;

    /**
     * @param provider as people call it
     * @param pending how long it may take until a sandbox has started
     */
    protected AccountRuntime(String provider, AccountWorker worker, Duration pending, Function<Credential, A> apis, Clock clock) {
        this.sandboxes = new AccountSandboxes<>(provider, worker, pending, apis, clock);
    }

    /**
     * Makes a sandbox, says so at once, starts its environment, and says how that is reached.
     *
     * @throws ProviderException if the provider would not: never the environment's fault
     * @throws IOException if what is in the sandbox is not reached
     * @throws SandboxException if it is somebody's fault
     */
    protected abstract ServedProcess start(A api, Launching launching, AccountImage image, SandboxSpec spec)
            throws IOException, SandboxException, InterruptedException;

    /** The longest that a sandbox is needed: after that nobody has any more use for it. */
    protected static Duration longest(SandboxSpec spec) {
        return AccountSandboxes.longest(spec);
    }

    @Override
    public final boolean takesCredential() {
        return true;
    }

    @Override
    public final AccountImage prepare(Source source, Consumer<String> log) throws SandboxException {
        return AccountImage.of(source);
    }

    @Override
    public final Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        var image = (AccountImage) spec.prepared();
        return sandboxes.launch(
                spec, "image '" + image.name() + "'", door(spec.network()), (api, launching) -> start(api, launching, image, spec));
    }

    /** The gateway itself, where it has an address that is reached from everywhere. */
    @Override
    public final Optional<URI> door() {
        return sandboxes.door();
    }

    /** In the accounts that this worker uses just now; what is left in others the provider ends by itself. */
    @Override
    public final int reap(Instant now) {
        return sandboxes.reap(now);
    }

    /** The same, and waits until it is done. */
    public final int clearUp(Instant now) {
        return sandboxes.clearUp(now);
    }

    @Override
    public void close() {
        sandboxes.close();
    }
}
