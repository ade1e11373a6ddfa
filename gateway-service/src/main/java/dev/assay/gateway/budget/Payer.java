// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose budgets a call is held to.
 *
 * @param key null: a run's key
 * @param job null: none that is known
 * @param run null: none that is known to be the team's
 */
public record Payer(UUID team, @Nullable UUID key, @Nullable UUID job, @Nullable UUID run) {

    boolean isHeldTo(Budget budget) {
        return budget.scopeId().equals(switch (budget.scope()) {
            case TEAM -> team;
            case KEY -> key;
            case JOB -> job;
            case RUN -> run;
        });
    }
}
