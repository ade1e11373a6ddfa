// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.internal.Lease;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.chat.ChatCompletionsHarness;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.WorkLoops;
import dev.assay.worker.sandbox.Walls;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The agents that this worker drives, and how many of them at once. */
@Configuration(proxyBeanMethods = false)
class HarnessConfiguration {

    @Bean
    Harness chatCompletionsHarness(Clock clock) {
        return new ChatCompletionsHarness(clock);
    }

    @Bean
    WorkLoops<Lease> rollouts(RunRollout work, WorkerSettings settings, Walls walls) {
        return new WorkLoops<>(work, settings.slots(), () -> !walls.areMissing());
    }
}
