// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.process.Isolation;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import dev.assay.worker.WorkerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** What keeps sandboxes in on this machine. A worker that is to have walls and has none takes no work, and says why. */
@Component("isolation")
public class Walls implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(Walls.class);

    private final ProcessRuntime runtime;
    private final boolean missing;

    Walls(ProcessRuntime runtime, WorkerSettings settings) {
        this.runtime = runtime;
        this.missing = settings.isolation() == WorkerSettings.Isolation.REQUIRED && runtime.isolation() == Isolation.NONE;
        if (missing) {
            LOG.error("this worker takes no work: {}", reason());
        } else if (runtime.isolation() == Isolation.NONE) {
            LOG.warn("sandboxes are open: environments see what this worker sees; run nobody's but your own");
        }
    }

    public boolean areMissing() {
        return missing;
    }

    /** Out of service rather than down: the process is well, and starting it again would not help. */
    @Override
    public Health health() {
        var health = missing
                ? Health.outOfService().withDetail("reason", reason())
                : Health.up().withDetail("sandboxes", runtime.isolation() == Isolation.NONE ? "open" : "walled off");
        return health.withDetail("process", runtime.description()).build();
    }

    /** Why they are to be had and are not. */
    public String reason() {
        return "environments are to be walled off (ASSAY_ISOLATION=required), but " + runtime.openBecause().orElse("they cannot be")
                + "; ASSAY_ISOLATION=off runs them without walls";
    }
}
