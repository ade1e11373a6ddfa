// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.testsupport.SettableClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Time for tests: begins now, because tokens are checked against it, and moves when told to. */
@TestConfiguration
class StandingClock {

    @Bean
    SettableClock settableClock() {
        return new SettableClock(Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    @Bean
    Time time(JdbcClient jdbc, SettableClock clock) {
        return new Time(jdbc, clock);
    }
}
