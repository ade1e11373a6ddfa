// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether this trainer has models at a remote service. One that has not is well all the same. */
@Component("tinker")
class TinkerHealth implements HealthIndicator {

    private final Tinker engine;

    TinkerHealth(Tinker engine) {
        this.engine = engine;
    }

    @Override
    public Health health() {
        var reason = engine.unfitBecause();
        return reason == null ? Health.up().build() : Health.unknown().withDetail("reason", reason).build();
    }
}
