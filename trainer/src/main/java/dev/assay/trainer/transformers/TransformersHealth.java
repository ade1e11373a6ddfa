// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether this trainer has real weights. One that has not is well all the same. */
@Component("transformers")
class TransformersHealth implements HealthIndicator {

    private final Transformers engine;

    TransformersHealth(Transformers engine) {
        this.engine = engine;
    }

    @Override
    public Health health() {
        var reason = engine.unfitBecause();
        return reason == null ? Health.up().build() : Health.unknown().withDetail("reason", reason).build();
    }
}
