// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.account.AccountImage;
import dev.assay.sdk.runtimes.account.AccountRuntime;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.Launching;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.account.ServedProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/**
 * Runs images as sandboxes of Daytona, each in the account of the team that it is for. Neither a closed runtime nor a killed one leaves
 * anything running for good: Daytona itself ends each that nobody has spoken to for a quarter of an hour.
 */
public final class DaytonaRuntime extends AccountRuntime<DaytonaApi> {

    public static final String NAME = "daytona";

    static final int CONTROL_PORT = 8765;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWERS = Duration.ofSeconds(30);
    private static final int UNUSED_MINUTES = 15;
    private static final long LOOK_MILLIS = 500;
    private static final long LOOK_AT_MOST_MILLIS = 5000;
    private static final long GIB = 1L << 30;

    private final DaytonaSettings settings;
    private final ExecutorService threads;
    private final HttpClient http;

    /** Nothing is asked of Daytona yet. */
    public DaytonaRuntime(DaytonaSettings settings, AccountWorker worker, Clock clock) {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var http = HttpClient.newBuilder().connectTimeout(CONNECT).executor(threads).build();
        super("Daytona", worker, settings.pending(),
                credential -> new DaytonaApi(new Exchanges(http, DaytonaApi.LIMIT), settings.api(), credential), clock);
        this.settings = settings;
        this.threads = threads;
        this.http = http;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** How large a sandbox may be is up to the account, which Daytona knows. */
    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        var asked = config.specialResources();
        if (asked.contains("resources.os") || asked.contains("resources.tpu")) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked) + ": Daytona's sandboxes have no such thing");
        }
        if (config.gpus() > 1) {
            return Optional.of("runtime_config asks for resources.gpu.count " + config.gpus() + ": Daytona gives a sandbox one");
        }
        return AccountImage.partsRefused(config, "Daytona").or(() -> AccountImage.refusal(config));
    }

    @Override
    protected ServedProcess start(DaytonaApi api, Launching launching, AccountImage image, SandboxSpec spec)
            throws IOException, SandboxException, InterruptedException {
        var made = api.create(order(image, launching.marks(), spec));
        launching.made(made.id());
        var started = started(api, made, image);
        var bridge = api.preview(started.id(), Bridge.PORT);
        var toolbox = new Toolbox(new Exchanges(http, ANSWERS), http, api.sealed(started.toolbox()), started.id(), bridge.token());
        launching.reachedBy(new DaytonaControl(http, bridge));
        return DaytonaProcess.start(toolbox, () -> api.isThere(started.id()), command(spec.variables()));
    }

    /** The environment's variables are not in it: Daytona shows a sandbox's to whoever may list sandboxes. */
    private JsonNode order(AccountImage image, Map<String, String> marks, SandboxSpec spec) {
        var limits = spec.limits();
        var order = Json.object()
                .put("public", false)
                .put("memory", wholeGib(limits.memoryBytes()))
                .put("disk", wholeGib(limits.diskBytes()))
                .put("autoStopInterval", UNUSED_MINUTES)
                .put("autoDeleteInterval", 0);
        order.putObject("buildInfo").put("dockerfileContent", "FROM " + image.name() + "\n");
        if (limits.cpus() > 0) {
            order.put("cpu", (int) Math.ceil(limits.cpus()));
        }
        if (limits.gpus() > 0) {
            order.put("gpu", limits.gpus());
        }
        var labels = order.putObject("labels");
        marks.forEach(labels::put);
        if (spec.network() == Network.NONE) {
            order.put("networkBlockAll", true); // a list of allowed domains is one that published runners do not read
        }
        return order;
    }

    private static long wholeGib(long bytes) {
        return Math.max(1, (bytes + GIB - 1) / GIB);
    }

    private DaytonaApi.Seen started(DaytonaApi api, DaytonaApi.Seen made, AccountImage image)
            throws IOException, SandboxException, InterruptedException {
        long deadline = System.nanoTime() + settings.pending().toNanos();
        var seen = made;
        var trouble = "";
        for (long pause = LOOK_MILLIS; ; pause = Math.min(pause * 3 / 2, LOOK_AT_MOST_MILLIS)) {
            if (seen.state().equals("started")) {
                return seen;
            }
            if (seen.state().equals("build_failed")) {
                throw new SandboxException("Daytona cannot build image '" + image.name() + "': " + seen.reason());
            }
            if (seen.isOver()) {
                throw SandboxException.ofHost(
                        "Daytona did not start image '" + image.name() + "', its sandbox is " + seen.state() + ": " + seen.reason(), null);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw SandboxException.ofHost(
                        "Daytona did not start image '" + image.name() + "' within " + settings.pending().toSeconds() + "s" + trouble, null);
            }
            Thread.sleep(pause);
            try {
                seen = api.look(made.id());
                trouble = "";
            } catch (ProviderException e) {
                if (!e.mayPass()) {
                    throw e;
                }
                trouble = ": " + e.getMessage();
            }
        }
    }

    /** In a shell of its own: the daemon's, which it is read by, has to live on to see how it ends. */
    private static String command(Map<String, String> variables) {
        var lines = new StringBuilder("( cd /app && PATH=\"$PWD/.venv/bin:$PATH\" && export PATH || exit 1\n");
        variables.forEach((name, value) -> lines.append("export ").append(name).append('=').append(quoted(value)).append('\n'));
        return lines
                .append("python3 -c ").append(quoted(Bridge.PROGRAM)).append(" </dev/null >/dev/null 2>&1 &\n")
                .append("exec hud serve env.py --host 127.0.0.1 --port ").append(CONTROL_PORT).append(" </dev/null )\n")
                .toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Without a network it reaches no public address either. */
    @Override
    public Optional<URI> door(Network network) {
        return network == Network.NONE ? Optional.empty() : door();
    }

    @Override
    public void close() {
        super.close();
        http.shutdownNow();
        threads.shutdownNow();
    }
}
