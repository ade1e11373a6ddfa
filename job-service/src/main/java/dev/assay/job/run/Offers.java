// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.internal.WorkerReport;
import dev.assay.contracts.internal.WorkerReport.Gives;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What the operators of the workers that are here let one sandbox have: a run that wants more would be refused by whichever of them gets it. */
@Component
public class Offers {

    private final PresentWorkers workers;

    Offers(PresentWorkers workers) {
        this.workers = workers;
    }

    /**
     * The field, and the reason, if none of those that have the runtime gives what is asked for. Empty also where one does not tell, or none
     * is here: then it waits for whoever comes.
     */
    public Optional<String> refusal(String runtime, RuntimeConfig config) {
        if (runtime.equals("process") && config.gpus() > 0) {
            return Optional.of("resources.gpu: what runs as processes has no graphics processors; name an image");
        }
        var asksForNothing = config.memoryMb() == null && config.storageMb() == null && !asksForNetwork(config);
        if (asksForNothing) {
            return Optional.empty();
        }
        var told = workers.reports();
        return told.stream().allMatch(Optional::isPresent)
                ? refusal(runtime, config, told.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    /** As the worker itself decides when it launches one (its {@code SandboxRequest}): whoever changes the one changes the other. */
    static Optional<String> refusal(String runtime, RuntimeConfig config, List<WorkerReport> workers) {
        var able = workers.stream().filter(worker -> worker.kinds().contains(runtime)).toList();
        var reasons = able.stream().map(worker -> refusal(runtime, config, worker.gives())).toList();
        return reasons.stream().allMatch(Optional::isPresent) ? reasons.stream().findFirst().flatMap(reason -> reason) : Optional.empty();
    }

    private static Optional<String> refusal(String runtime, RuntimeConfig config, @Nullable Gives gives) {
        if (gives == null) {
            return Optional.empty();
        }
        if (asksForNetwork(config) && !gives.network()) {
            return Optional.of("network: no worker that is here lets sandboxes reach out");
        }
        if (RuntimeConfigShape.OF_TEAMS_ACCOUNTS.contains(runtime)) {
            return Optional.empty(); // how large a sandbox is in a team's own account is for its provider to bound
        }
        return tooMuch("memory_mb", config.memoryMb(), gives.memoryMb()).or(() -> tooMuch("storage_mb", config.storageMb(), gives.diskMb()));
    }

    private static Optional<String> tooMuch(String resource, @Nullable Long asked, long most) {
        return asked != null && asked > most
                ? Optional.of("resources." + resource + ": no worker that is here gives a sandbox " + asked + " MiB, but " + most + " at most")
                : Optional.empty();
    }

    private static boolean asksForNetwork(RuntimeConfig config) {
        var network = config.network();
        return network != null && (network.isArray() || network.asString("").equals("outbound"));
    }
}
