// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.account.AccountImage;
import dev.assay.sdk.runtimes.account.AccountSandboxes;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ImageCommands;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Runs images as sandboxes of E2B, each in the account of the team that it is for. Neither a closed runtime nor a killed one leaves anything
 * running for good: E2B itself ends each at its time-out.
 */
public final class E2bRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "e2b";

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWERS = Duration.ofSeconds(30);

    private final E2bSettings settings;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final E2bTemplates templates;
    private final AccountSandboxes<E2bApi> sandboxes;

    /** Nothing is asked of E2B yet. */
    public E2bRuntime(E2bSettings settings, AccountWorker worker, Clock clock) {
        this.settings = settings;
        this.templates = new E2bTemplates(settings.pending(), clock);
        this.sandboxes = new AccountSandboxes<>(
                "E2B", worker, settings.pending(), credential -> new E2bApi(new Exchanges(http, E2bApi.LIMIT), settings.api(), credential), clock);
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
        return AccountImage.partsRefused(config, "E2B").or(() -> AccountImage.refusal(config));
    }

    @Override
    public Optional<String> shortfall(RuntimeConfig config) {
        return config.storageMb() == null
                ? Optional.empty()
                : Optional.of("resources.storage_mb is not passed on: how much disk a sandbox has is up to the team's account at E2B");
    }

    @Override
    public AccountImage prepare(Source source, Consumer<String> log) throws SandboxException {
        return AccountImage.of(source);
    }

    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        var image = (AccountImage) spec.prepared();
        return sandboxes.launch(spec, "image '" + image.name() + "'", door(), (api, launching) -> {
            var sandbox = templates.with(api, image, spec.limits(), template -> api.create(order(template, launching.marks(), spec)));
            launching.made(sandbox.id());
            var envd = new Envd(new Exchanges(http, ANSWERS), settings.sandboxes(), sandbox, Envd.SILENCE);
            launching.reachedBy(new E2bControl(envd));
            return E2bProcess.start(envd, ImageCommands.serve(), spec.variables());
        });
    }

    /** The environment's variables are not in it: E2B shows a sandbox's to whoever may list sandboxes. */
    private JsonNode order(String template, Map<String, String> marks, SandboxSpec spec) {
        var order = Json.object().put("templateID", template).put("timeout", AccountSandboxes.longest(spec).toSeconds()).put("autoPause", false);
        var metadata = order.putObject("metadata");
        marks.forEach(metadata::put);
        var network = order.putObject("network").put("allowPublicTraffic", false);
        var gateway = sandboxes.door();
        if (spec.network() != Network.NONE) {
            order.put("allow_internet_access", true);
        } else if (gateway.isPresent()) {
            network.putArray("allowOut").add(gateway.get().getHost());
            network.putArray("denyOut").add("0.0.0.0/0");
        } else {
            order.put("allow_internet_access", false);
        }
        return order;
    }

    /** The gateway itself, where it has an address that is reached from everywhere. */
    @Override
    public Optional<URI> door() {
        return sandboxes.door();
    }

    /** In the accounts that this worker uses just now; what is left in others ends at its time-out. */
    @Override
    public int reap(Instant now) {
        return sandboxes.reap(now);
    }

    /** Waits until it is done. */
    int clearUp(Instant now) {
        return sandboxes.clearUp(now);
    }

    @Override
    public void close() {
        sandboxes.close();
        http.shutdownNow();
    }
}
