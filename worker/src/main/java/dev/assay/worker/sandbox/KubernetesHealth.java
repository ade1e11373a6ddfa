// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.kubernetes.KubernetesRuntime;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether this worker runs pods. One that does not is well all the same. */
@Component("kubernetes")
class KubernetesHealth implements HealthIndicator {

    private final ObjectProvider<KubernetesRuntime> runtime;

    KubernetesHealth(ObjectProvider<KubernetesRuntime> runtime) {
        this.runtime = runtime;
    }

    @Override
    public Health health() {
        var kubernetes = runtime.getIfAvailable();
        var reason = kubernetes == null ? "switched off (assay.worker.kubernetes)" : kubernetes.unfitBecause().orElse("");
        return reason.isEmpty() ? Health.up().build() : Health.unknown().withDetail("reason", reason).build();
    }
}
