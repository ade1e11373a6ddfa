// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.docker.DockerRuntime;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether this worker runs images. One that does not is well all the same. */
@Component("docker")
class DockerHealth implements HealthIndicator {

    private final ObjectProvider<DockerRuntime> runtime;

    DockerHealth(ObjectProvider<DockerRuntime> runtime) {
        this.runtime = runtime;
    }

    @Override
    public Health health() {
        var docker = runtime.getIfAvailable();
        var reason = docker == null ? "switched off (assay.worker.docker)" : docker.unfitBecause().orElse("");
        return reason.isEmpty() ? Health.up().build() : Health.unknown().withDetail("reason", reason).build();
    }
}
