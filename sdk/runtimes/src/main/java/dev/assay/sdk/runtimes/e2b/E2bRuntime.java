// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.account.AccountImage;
import dev.assay.sdk.runtimes.account.AccountRuntime;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ImageCommands;
import dev.assay.sdk.runtimes.account.Launching;
import dev.assay.sdk.runtimes.account.ServedProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Runs images as sandboxes of E2B, each in the account of the team that it is for. Neither a closed runtime nor a killed one leaves anything
 * running for good: E2B itself ends each at its time-out.
 */
public final class E2bRuntime extends AccountRuntime<E2bApi> {

    public static final String NAME = "e2b";

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWERS = Duration.ofSeconds(30);

    private final E2bSettings settings;
    private final HttpClient http;
    private final E2bTemplates templates;

    /** Nothing is asked of E2B yet. */
    public E2bRuntime(E2bSettings settings, AccountWorker worker, Clock clock) {
        var http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
        super("E2B", worker, settings.pending(),
                credential -> new E2bApi(new Exchanges(http, E2bApi.LIMIT), settings.api(), credential), clock);
        this.settings = settings;
        this.http = http;
        this.templates = new E2bTemplates(settings.pending(), clock);
    }

    @Override
    public String name() {
        return NAME;
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
    protected ServedProcess start(E2bApi api, Launching launching, AccountImage image, SandboxSpec spec)
            throws IOException, SandboxException, InterruptedException {
        var sandbox = templates.with(api, image, spec.limits(), template -> api.create(order(template, launching.marks(), spec)));
        launching.made(sandbox.id());
        var envd = new Envd(new Exchanges(http, ANSWERS), settings.sandboxes(), sandbox, Envd.SILENCE);
        launching.reachedBy(new E2bControl(envd));
        return E2bProcess.start(envd, ImageCommands.serve(), spec.variables());
    }

    /** The environment's variables are not in it: E2B shows a sandbox's to whoever may list sandboxes. */
    private JsonNode order(String template, Map<String, String> marks, SandboxSpec spec) {
        var order = Json.object().put("templateID", template).put("timeout", longest(spec).toSeconds()).put("autoPause", false);
        var metadata = order.putObject("metadata");
        marks.forEach(metadata::put);
        var network = order.putObject("network").put("allowPublicTraffic", false);
        var gateway = door();
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

    @Override
    public void close() {
        super.close();
        http.shutdownNow();
    }
}
