// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandboxes that a worker has with one provider, each in the account of the team that it is for: from when the first thing is asked of the
 * provider until nothing is left there. Neither a worker that ends nor one that is killed leaves anything for good, where the provider ends by itself
 * what nobody needs.
 *
 * @param <A> how the provider is asked, with one team's credential
 */
final class AccountSandboxes<A extends ProviderApi> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccountSandboxes.class);

    private static final Duration CLOSE = Duration.ofSeconds(20);

    /** A sandbox whose making was asked for, and never answered, is there after this or not at all. */
    private static final Duration COMES = Duration.ofMinutes(10);

    private static final Duration SPARE = Duration.ofMinutes(1);

    /** Whoever gives up a sandbox waits so long until it can be ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final long AGAIN_MILLIS = 500;
    private static final long AT_MOST_MILLIS = 5000;

    private final String provider;
    private final AccountWorker worker;
    private final Duration pending;
    private final Clock clock;
    private final Accounts<A> accounts;
    private final AtomicBoolean reaping = new AtomicBoolean();
    private final AtomicInteger reaped = new AtomicInteger();
    private final Map<String, Optional<AccountSandbox>> open = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timers;

    /**
     * @param provider as people call it
     * @param pending how long it may take until a sandbox has started: the provider may not be able to end it before
     */
    AccountSandboxes(String provider, AccountWorker worker, Duration pending, Function<Credential, A> apis, Clock clock) {
        this.provider = provider;
        this.worker = worker;
        this.pending = pending;
        this.clock = clock;
        this.accounts = new Accounts<>(apis, open::containsKey);
        this.timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name(provider.toLowerCase(Locale.ROOT) + "-timers").factory());
        timers.setRemoveOnCancelPolicy(true);
    }

    /** What a launch is with one provider. */
    @FunctionalInterface
    interface Start<A> {

        /** As {@link AccountRuntime#start} has it. */
        ServedProcess in(A api, Launching launching) throws IOException, SandboxException, InterruptedException;
    }

    /** The longest that a sandbox is needed: after that nobody has any more use for it. */
    static Duration longest(SandboxSpec spec) {
        return spec.limits().startup().plus(spec.limits().lifetime()).plus(SPARE);
    }

    /**
     * Returns once the environment serves.
     *
     * @param what it runs, for people
     * @param door the gateway, if this sandbox reaches it
     */
    Sandbox launch(SandboxSpec spec, String what, Optional<URI> door, Start<A> start) throws SandboxException, InterruptedException {
        var credential = spec.credential();
        if (credential == null) {
            throw new IllegalArgumentException("no credential");
        }
        var id = provider.substring(0, 1).toLowerCase(Locale.ROOT) + UUID.randomUUID().toString().replace("-", "").substring(0, 15);
        var marks = Marks.of(worker, id, spec.label(), clock.instant().plus(longest(spec))).written();
        var launching = new Launching(id, marks, worker.sockets());
        open.put(id, Optional.empty());
        try {
            var api = accounts.of(credential, id, clock.instant());
            endBefore(api, spec);
            var environment = start.in(api, launching);
            var launched = launched(api, launching, environment, door, credential);
            serving(id, launched, spec);
            return launched;
        } catch (ProviderException e) {
            abandon(launching, credential);
            throw e.during(provider + " cannot run " + what);
        } catch (IOException e) {
            abandon(launching, credential);
            throw SandboxException.ofHost("the sandbox at " + provider + " cannot be reached: " + e.getMessage(), e);
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            abandon(launching, credential);
            throw e;
        }
    }

    private AccountSandbox launched(
            A api, Launching launching, ServedProcess environment, Optional<URI> door, Credential credential) {
        var made = launching.made();
        var control = launching.control();
        if (made == null || control == null) {
            throw new IllegalStateException("nobody said where it is");
        }
        return new AccountSandbox(provider, api, made, door, environment, control, () -> remove(launching, credential));
    }

    /**
     * What an attempt left that lost its lease, wherever that was: it must not go on beside this one. Where a provider's list comes
     * late, one that was made just before is not seen: it ends as what is left otherwise.
     */
    private void endBefore(ProviderApi api, SandboxSpec spec) throws IOException, InterruptedException {
        if (spec.label().attempt() > 1) {
            persist(pending, () -> Accounts.kill(api, Map.of(Marks.RUN, spec.label().run()), sandbox -> sandbox.isBefore(spec.label())));
        }
    }

    @FunctionalInterface
    private interface Ending {

        void end() throws IOException, InterruptedException;
    }

    /** As soon as it can be done: what is being made cannot be ended. */
    private static void persist(Duration limit, Ending ending) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (long pause = AGAIN_MILLIS; ; pause = Math.min(2 * pause, AT_MOST_MILLIS)) {
            try {
                ending.end();
                return;
            } catch (ProviderException e) {
                if (!e.isConflict() || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            }
            Thread.sleep(pause);
        }
    }

    private void serving(String id, AccountSandbox sandbox, SandboxSpec spec) throws SandboxException, InterruptedException {
        open.put(id, Optional.of(sandbox));
        try {
            sandbox.awaitServing(spec.limits().startup());
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
        sandbox.endsBy(timers.schedule(
                () -> Thread.startVirtualThread(() -> sandbox.end("its time was over")), spec.limits().lifetime().toMillis(), TimeUnit.MILLISECONDS));
    }

    private void abandon(Launching launching, Credential credential) {
        var control = launching.control();
        if (control != null) {
            control.close();
        }
        remove(launching, credential);
    }

    /** If the provider would not, it counts as left from here on. */
    private void remove(Launching launching, Credential credential) {
        var id = launching.id();
        if (open.remove(id) == null) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // what is asked of the provider would break off
        try {
            var api = accounts.of(credential, id, clock.instant());
            var made = launching.made();
            if (made == null) {
                accounts.mayCome(credential, id, clock.instant().plus(COMES));
                // whether it was made, nobody may have heard
                persist(PATIENCE, () -> Accounts.kill(api, Map.of(Marks.SANDBOX, id), sandbox -> true));
            } else {
                persist(PATIENCE, () -> api.kill(made));
                accounts.isGone(credential, id);
            }
        } catch (IOException e) {
            if (launching.made() != null) {
                LOG.warn("sandbox {} at {} is left for now, reaping tries again: {}", launching.made(), provider, e.getMessage());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The gateway itself, where it has an address that is reached from everywhere. */
    Optional<URI> door() {
        return Optional.ofNullable(worker.gateway());
    }

    /**
     * In the accounts that this worker uses just now; what is left in others the provider ends. Nobody waits for the provider here: it is done
     * by a thread of its own.
     *
     * @return how many since somebody asked before
     */
    int reap(Instant now) {
        if (reaping.compareAndSet(false, true)) {
            Thread.ofVirtual().name("account-reaping").start(() -> {
                try {
                    reaped.addAndGet(clearUp(now));
                } finally {
                    reaping.set(false);
                }
            });
        }
        return reaped.getAndSet(0);
    }

    /** Waits until it is done. */
    int clearUp(Instant now) {
        return accounts.reap(
                now, Map.of(Marks.INSTALLATION, worker.installation()), sandbox -> sandbox.isLeft(now, worker, open::containsKey));
    }

    /** Ends every sandbox at once. Those that the provider has not ended by then it ends by itself: nobody can wait for it for ever. */
    @Override
    public void close() {
        timers.shutdownNow();
        var ending = Thread.startVirtualThread(
                () -> EndTogether.all(List.copyOf(open.values()).stream().flatMap(Optional::stream).map(sandbox -> sandbox::close)));
        try {
            ending.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
