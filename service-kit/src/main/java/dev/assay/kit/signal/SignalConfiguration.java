// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** A signal for the services that say with {@code assay.look-again} how long who waits for work may miss another replica's. */
@AutoConfiguration
@ConditionalOnProperty("assay.look-again")
public class SignalConfiguration {

    @Bean
    WorkSignal workSignal(@Value("${assay.look-again}") Duration lookAgain, MeterRegistry meters) {
        return new WorkSignal(lookAgain, meters);
    }
}
