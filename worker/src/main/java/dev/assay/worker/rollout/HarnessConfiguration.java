// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.chat.ChatCompletionsHarness;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The agents that this worker drives. */
@Configuration(proxyBeanMethods = false)
class HarnessConfiguration {

    @Bean
    Harness chatCompletionsHarness(Clock clock) {
        return new ChatCompletionsHarness(clock);
    }
}
