// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import dev.assay.testsupport.SettableClock;
import java.time.Instant;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** A clock that stands still until a test moves it. */
@TestConfiguration
class TestTime {

    @Bean
    SettableClock clock() {
        return new SettableClock(Instant.parse("2026-01-02T03:04:05.678901Z"));
    }
}
