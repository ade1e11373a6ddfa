// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Runs images as sandboxes of E2B, each in the account of the team that it is for. Neither a closed runtime nor a killed one leaves anything
 * running for good: E2B itself ends each at its time-out.
 */
public final class E2bRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "e2b";

    static final int CONTROL_PORT = 8765;

    private static final String SERVE = "exec hud serve env.py --host 127.0.0.1 --port " + CONTROL_PORT;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWERS = Duration.ofSeconds(30);
    private static final Duration CLOSE = Duration.ofSeconds(20);

    /** A sandbox whose making was asked for, and never answered, is there after this or not at all. */
    private static final Duration COMES = Duration.ofMinutes(10);

    private static final Duration SPARE = Duration.ofMinutes(1);

    private final E2bSettings settings;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final E2bTemplates templates;
    private final E2bAccounts accounts;
    private final AtomicBoolean reaping = new AtomicBoolean();
    private final AtomicInteger reaped = new AtomicInteger();
    private final Map<String, Optional<E2bSandbox>> open = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("e2b-timers").factory());

    /** Nothing is asked of E2B yet. */
    public E2bRuntime(E2bSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.templates = new E2bTemplates(settings.pending());
        this.accounts = new E2bAccounts(credential -> new E2bApi(new Exchanges(http, E2bApi.LIMIT), settings.api(), credential), open::containsKey);
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean takesCredential() {
        return true;
    }

    /** How large a sandbox may be is up to the account, which E2B knows. */
    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        var asked = config.specialResources();
        if (!asked.isEmpty()) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked) + ": E2B's sandboxes have no such thing");
        }
        var cpu = config.cpu();
        if (cpu != null && cpu != Math.rint(cpu)) {
            return Optional.of("runtime_config asks for resources.cpu " + cpu + ": E2B gives whole processors");
        }
        return config.image() == null || ImageName.of(config.image()).isPresent()
                ? Optional.empty()
                : Optional.of("runtime_config.image '" + config.image() + "' is no name of an image");
    }

    @Override
    public Optional<String> shortfall(RuntimeConfig config) {
        return config.storageMb() == null
                ? Optional.empty()
                : Optional.of("resources.storage_mb is not passed on: how much disk a sandbox has is up to the team's account at E2B");
    }

    /** What is fetched by whom shows when there is an account to do it in. */
    @Override
    public E2bImage prepare(Source source, Consumer<String> log) throws SandboxException {
        return switch (source) {
            case Source.Built(var reference, var engine) when engine == null -> new E2bImage(reference);
            case Source.Image(var reference) -> new E2bImage(ImageName.of(reference)
                    .orElseThrow(() -> new SandboxException("runtime_config.image '" + reference + "' is no name of an image"))
                    .text());
            default -> throw new IllegalArgumentException("no image: " + source);
        };
    }

    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        var credential = spec.credential();
        if (credential == null) {
            throw new IllegalArgumentException("no credential");
        }
        var id = "e" + UUID.randomUUID().toString().replace("-", "").substring(0, 15);
        open.put(id, Optional.empty());
        String made = null;
        E2bControl control = null;
        try {
            var api = accounts.of(credential, id);
            endBefore(api, spec);
            var sandbox = templates.with(api, (E2bImage) spec.prepared(), spec.limits(), template -> api.create(order(template, id, spec)));
            made = sandbox.id();
            var envd = new Envd(new Exchanges(http, ANSWERS), settings.sandboxes(), sandbox, Envd.SILENCE);
            control = listening(envd, id);
            var environment = E2bProcess.start(envd, inside(SERVE), spec.variables());
            var there = sandbox.id();
            var launched = new E2bSandbox(api, there, door(), environment, control, () -> remove(id, there, credential));
            serving(id, launched, spec);
            return launched;
        } catch (E2bException e) {
            abandon(id, made, control, credential);
            throw e.during("E2B cannot run image '" + ((E2bImage) spec.prepared()).name() + "'");
        } catch (IOException e) {
            abandon(id, made, control, credential);
            throw SandboxException.ofHost("the sandbox at E2B cannot be reached: " + e.getMessage(), e);
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            abandon(id, made, control, credential);
            throw e;
        }
    }

    /** What an attempt left that lost its lease, wherever that was: it must not go on beside this one. */
    private static void endBefore(E2bApi api, SandboxSpec spec) throws IOException, InterruptedException {
        if (spec.label().attempt() > 1) {
            E2bAccounts.kill(api, Map.of(E2bMetadata.RUN, spec.label().run()), sandbox -> sandbox.isBefore(spec.label()));
        }
    }

    private E2bControl listening(Envd envd, String id) throws SandboxException {
        var control = settings.sockets().resolve(id);
        try {
            return new E2bControl(envd, control);
        } catch (IOException e) {
            throw SandboxException.ofHost("the worker cannot listen at " + control + ": " + e.getMessage(), e);
        }
    }

    private void serving(String id, E2bSandbox sandbox, SandboxSpec spec) throws SandboxException, InterruptedException {
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

    /** The environment's variables are not in it: E2B shows a sandbox's to whoever may list sandboxes. */
    private JsonNode order(String template, String id, SandboxSpec spec) {
        var longest = spec.limits().startup().plus(spec.limits().lifetime()).plus(SPARE);
        var order = Json.object().put("templateID", template).put("timeout", longest.toSeconds()).put("autoPause", false);
        var metadata = order.putObject("metadata");
        E2bMetadata.of(settings, id, spec.label(), clock.instant().plus(longest)).written().forEach(metadata::put);
        var network = order.putObject("network").put("allowPublicTraffic", false);
        var gateway = settings.gateway();
        if (spec.network() != Network.NONE) {
            order.put("allow_internet_access", true);
        } else if (gateway != null) {
            network.putArray("allowOut").add(gateway.getHost());
            network.putArray("denyOut").add("0.0.0.0/0");
        } else {
            order.put("allow_internet_access", false);
        }
        return order;
    }

    /** Where an image that serves has its environment, and the programs of its own. */
    static List<String> inside(String command, String... arguments) {
        var all = new ArrayList<>(List.of("/bin/sh", "-c", "cd /app && PATH=\"$PWD/.venv/bin:$PATH\" && export PATH && " + command));
        all.addAll(List.of(arguments));
        return all;
    }

    private void abandon(String id, @Nullable String made, @Nullable E2bControl control, Credential credential) {
        if (control != null) {
            control.close();
        }
        remove(id, made, credential);
    }

    /** If E2B would not, it counts as left from here on. */
    private void remove(String id, @Nullable String made, Credential credential) {
        if (open.remove(id) == null) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // what is asked of E2B would break off
        try {
            var api = accounts.of(credential, id);
            if (made == null) {
                accounts.mayCome(credential, id, clock.instant().plus(COMES));
                E2bAccounts.kill(api, Map.of(E2bMetadata.SANDBOX, id), sandbox -> true); // whether it was made, nobody may have heard
            } else {
                api.kill(made);
                accounts.isGone(credential, id);
            }
        } catch (IOException e) {
            // reaping tries again
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The gateway itself, where it has an address that is reached from everywhere. */
    @Override
    public Optional<URI> door() {
        return Optional.ofNullable(settings.gateway());
    }

    /**
     * In the accounts that this worker uses just now; what is left in others ends at its time-out. Nobody waits for E2B here: it is done by a
     * thread of its own.
     *
     * @return how many since somebody asked before
     */
    @Override
    public int reap(Instant now) {
        if (reaping.compareAndSet(false, true)) {
            Thread.ofVirtual().name("e2b-reaping").start(() -> {
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
                now, Map.of(E2bMetadata.INSTALLATION, settings.installation()), sandbox -> sandbox.isLeft(now, settings, open::containsKey));
    }

    /** Ends every sandbox at once. Those that E2B has not ended by then end at their time-out: nobody can wait for it for ever. */
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
        http.shutdownNow();
    }
}
