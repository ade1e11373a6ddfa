// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Signals for the services that say with {@code assay.look-again} how long who waits may miss another replica's news. */
@AutoConfiguration
@ConditionalOnProperty("assay.look-again")
public class SignalConfiguration {

    @Bean
    OtherReplicas otherReplicas(Environment environment) {
        return new OtherReplicas(
                "work_" + environment.getProperty("assay.schema", "public"),
                environment.getRequiredProperty("spring.datasource.url"),
                environment.getProperty("spring.datasource.username", ""),
                environment.getProperty("spring.datasource.password", ""));
    }

    @Bean
    WorkSignals workSignals(@Value("${assay.look-again}") Duration lookAgain, MeterRegistry meters, OtherReplicas others) {
        return new WorkSignals(lookAgain, meters, others);
    }
}
