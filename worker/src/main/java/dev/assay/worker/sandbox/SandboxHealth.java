// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.ProcessRuntime;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Says what keeps sandboxes in on this machine; being without is no illness, but worth seeing. */
@Component
class SandboxHealth implements HealthIndicator {

    private final ProcessRuntime runtime;

    SandboxHealth(ProcessRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Health health() {
        return Health.up().withDetail("process", runtime.description()).build();
    }
}
