// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.internal.WorkerReport;
import dev.assay.contracts.internal.WorkerReport.Gives;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import dev.assay.sdk.protocol.SandboxBounds;
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
        var told = workers.reports();
        return told.stream().allMatch(Optional::isPresent)
                ? refusal(runtime, config, told.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    static Optional<String> refusal(String runtime, RuntimeConfig config, List<WorkerReport> workers) {
        var able = workers.stream().filter(worker -> worker.kinds().contains(runtime)).toList();
        var reasons = able.stream().map(worker -> refusal(runtime, config, worker.gives())).toList();
        return reasons.stream().allMatch(Optional::isPresent) ? reasons.stream().findFirst().flatMap(reason -> reason) : Optional.empty();
    }

    private static Optional<String> refusal(String runtime, RuntimeConfig config, @Nullable Gives gives) {
        if (gives == null) {
            return Optional.empty();
        }
        var bounds = new SandboxBounds(gives.memoryMb(), gives.diskMb(), gives.network());
        return (RuntimeConfigShape.OF_TEAMS_ACCOUNTS.contains(runtime) ? bounds.ofAnySize() : bounds).refusal(config);
    }
}
