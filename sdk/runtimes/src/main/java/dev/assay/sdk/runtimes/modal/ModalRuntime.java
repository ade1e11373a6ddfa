// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.account.AccountImage;
import dev.assay.sdk.runtimes.account.AccountRuntime;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.account.Launching;
import dev.assay.sdk.runtimes.account.ServedProcess;
import dev.assay.sdk.runtimes.modal.Protocol.Create;
import dev.assay.sdk.runtimes.modal.Protocol.Gpu;
import dev.assay.sdk.runtimes.modal.Protocol.NetworkAccess;
import dev.assay.sdk.runtimes.modal.Protocol.Resources;
import dev.assay.sdk.runtimes.modal.Protocol.Result;
import dev.assay.sdk.runtimes.modal.Protocol.Task;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs images as sandboxes of Modal, each in the account of the team that it is for. Neither a closed runtime nor a killed one leaves anything
 * running for good: Modal itself ends each at its time-out.
 */
public final class ModalRuntime extends AccountRuntime<ModalApi> {

    public static final String NAME = "modal";

    /** In which what is to be done there is started. */
    private static final List<String> WAIT = List.of("/bin/sh", "-c", "exec sleep 2147483647");

    private static final int MIB = 1 << 20;
    private static final float WAIT_SECONDS = 30;
    private static final long LOOK_MILLIS = 500;

    private final ModalSettings settings;
    private final Connections connections;

    /** Nothing is asked of Modal yet. */
    public ModalRuntime(ModalSettings settings, AccountWorker worker, Clock clock) {
        var connections = new Connections(settings.api());
        super("Modal", worker, settings.pending(), credential -> new ModalApi(connections.toApi(), credential), clock);
        this.settings = settings;
        this.connections = connections;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** How large a sandbox may be is up to the account, which Modal knows. */
    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        var asked = config.specialResources();
        if (asked.contains("resources.os") || asked.contains("resources.tpu")) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked) + ": Modal's sandboxes have no such thing");
        }
        if (config.gpuTypes().size() > 1) {
            return Optional.of("runtime_config asks for resources.gpu.type " + String.join(" or ", config.gpuTypes()) + ": Modal takes one, or any");
        }
        return AccountImage.refusal(config);
    }

    @Override
    public Optional<String> shortfall(RuntimeConfig config) {
        return config.storageMb() == null
                ? Optional.empty()
                : Optional.of("resources.storage_mb is not passed on: Modal takes no such thing for sandboxes");
    }

    @Override
    protected ServedProcess start(ModalApi api, Launching launching, AccountImage image, SandboxSpec spec)
            throws IOException, SandboxException, InterruptedException {
        var app = api.app();
        var order = order(app, ModalImages.get(api, app, image.name(), settings.pending()), launching.marks(), spec);
        var sandbox = api.ask(Protocol.SANDBOX_CREATE, order).text(Create.SANDBOX);
        launching.made(sandbox);
        var router = CommandRouter.of(api, started(api, sandbox, image), connections);
        launching.reachedBy(new ModalControl(router));
        return ModalProcess.start(router, () -> api.isThere(sandbox), spec.variables());
    }

    /** The environment's variables are not in it: whoever may look at a sandbox would see them. No port of it is at any address. */
    private static Fields order(String app, String image, Map<String, String> marks, SandboxSpec spec) {
        // a list of allowed domains goes by the names that are shown in TLS, which whoever is in there chooses
        int network = spec.network() == Network.OUTBOUND ? NetworkAccess.OPEN : NetworkAccess.BLOCKED;
        var definition = new Fields()
                .texts(Create.ENTRYPOINT_ARGS, WAIT)
                .text(Create.IMAGE, image)
                .message(Create.RESOURCES, resources(spec.limits()))
                .number(Create.TIMEOUT_SECS, whole(longest(spec).toSeconds()))
                .message(Create.NETWORK_ACCESS, new Fields().number(NetworkAccess.TYPE, network));
        return ModalApi.tagged(new Fields().text(Create.APP, app).message(Create.DEFINITION, definition), Create.TAGS, marks);
    }

    private static Fields resources(SandboxLimits limits) {
        long memory = whole((limits.memoryBytes() + MIB - 1) / MIB);
        var resources = new Fields().number(Resources.MEMORY_MB, memory).number(Resources.MEMORY_MB_MAX, memory);
        if (limits.cpus() > 0) {
            long thousandths = whole((long) Math.ceil(limits.cpus() * 1000));
            resources.number(Resources.MILLI_CPU, thousandths).number(Resources.MILLI_CPU_MAX, thousandths);
        }
        if (limits.gpus() > 0) {
            var type = limits.gpuType().isEmpty() ? "any" : limits.gpuType();
            resources.message(Resources.GPU, new Fields().number(Gpu.COUNT, limits.gpus()).text(Gpu.TYPE, type.toUpperCase(Locale.ROOT)));
        }
        return resources;
    }

    /** More than there can be is for Modal to refuse. */
    private static long whole(long value) {
        return Math.min(value, Integer.MAX_VALUE);
    }

    /** @return what runs in it, as Modal calls it */
    private String started(ModalApi api, String sandbox, AccountImage image) throws IOException, SandboxException, InterruptedException {
        long deadline = System.nanoTime() + settings.pending().toNanos();
        var asked = new Fields().text(Task.SANDBOX, sandbox).single(Task.TIMEOUT, WAIT_SECONDS).number(Task.UNTIL_READY, 1);
        while (true) {
            var seen = api.ask(Protocol.SANDBOX_GET_TASK_ID, asked);
            var result = seen.message(Task.RESULT);
            var exception = api.shown(result.text(Result.EXCEPTION));
            switch ((int) result.number(Result.STATUS)) {
                case Result.UNSPECIFIED -> {}
                case Result.FAILURE, Result.INIT_FAILURE -> throw new SandboxException("image '" + image.name() + "' does not start at Modal: "
                        + (exception.isEmpty() ? "its command ended with code " + result.number(Result.EXIT_CODE) : exception));
                default -> throw SandboxException.ofHost(
                        "Modal did not start image '" + image.name() + "': status " + result.number(Result.STATUS) + " " + exception, null);
            }
            var task = seen.text(Task.ID);
            if (!task.isEmpty()) {
                return task;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw SandboxException.ofHost(
                        "Modal did not start image '" + image.name() + "' within " + settings.pending().toSeconds() + "s", null);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Whoever has no network does not reach it, either. */
    @Override
    public Optional<URI> door(Network network) {
        return network == Network.NONE ? Optional.empty() : door();
    }

    @Override
    public void close() {
        super.close();
        connections.close();
    }
}
