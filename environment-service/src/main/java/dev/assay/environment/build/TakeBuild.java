// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.kit.sealing.UnopenedException;
import dev.assay.kit.signal.WorkSignal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Gives builds to workers. That one is taken is committed before anything of it is read, so whatever goes wrong with it costs it an
 * attempt, and those behind it nothing. What cannot be opened will not open for the next worker either: such a build has failed.
 */
@Component
class TakeBuild {

    private static final Logger LOG = LoggerFactory.getLogger(TakeBuild.class);

    private final BuildQueue queue;
    private final BuildWork work;
    private final Fleet fleet;
    private final WorkSignal signal;
    private final BuildSettings settings;
    private final Counter unopened;

    TakeBuild(BuildQueue queue, BuildWork work, Fleet fleet, WorkSignal signal, BuildSettings settings, MeterRegistry meters) {
        this.queue = queue;
        this.work = work;
        this.fleet = fleet;
        this.signal = signal;
        this.settings = settings;
        this.unopened = meters.counter("assay.builds.unopened");
    }

    /**
     * @param ask which question this is; one that is asked again gets the build that it was given
     * @param kinds the runtimes that the worker has; none named: it has whatever a build takes
     */
    Optional<BuildLease> next(String worker, @Nullable UUID ask, Set<String> kinds) {
        boolean engine = kinds.isEmpty() || kinds.contains(Waiting.ENGINE);
        if (engine) {
            return take(worker, ask, EnumSet.allOf(EngineNeed.class));
        }
        // all at once: what is for such a worker only because none has an engine is in its team's turn like all else
        boolean instead = queue.preferAnEngine() && fleet.hasNoEngine();
        return take(worker, ask, instead ? EnumSet.of(EngineNeed.NONE, EngineNeed.IF_THERE) : EnumSet.of(EngineNeed.NONE));
    }

    private Optional<BuildLease> take(String worker, @Nullable UUID ask, Set<EngineNeed> needs) {
        while (true) {
            var taken = queue.next(worker, ask, needs, settings.lease(), settings.maxAttempts());
            if (taken.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(work.begin(taken.get(), worker));
            } catch (UnopenedException e) {
                setAside(taken.get(), worker, e);
            }
        }
    }

    private void setAside(BuildQueue.Taken taken, String worker, UnopenedException e) {
        LOG.error("build {} has failed: {}", taken.build(), e.reason(), e);
        queue.finish(taken.build(), worker, taken.attempt(), BuildStatus.FAILED, e.reason());
        unopened.increment();
        signal.arrived();
    }
}
