// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.assay.kit.problem.Problem;
import dev.assay.testsupport.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class UsageTests {

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final UsageController usage = new UsageController(clock, meters);

    @Test
    void eventsAreCountedAndForgotten() {
        usage.count(new MockHttpServletRequest());
        assertThat(meters.get("assay.usage.events").tag("outcome", "accepted").counter().count()).isEqualTo(1);
    }

    @Test
    void aFloodIsHeldBackUntilTheNextSecond() {
        for (var event = 0; event < 50; event++) {
            usage.count(new MockHttpServletRequest());
        }
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> usage.count(new MockHttpServletRequest()))
                .returns(429, refusal -> refusal.getStatusCode().value());
        clock.advance(Duration.ofSeconds(1));
        assertThatNoException().isThrownBy(() -> usage.count(new MockHttpServletRequest()));
    }

    @Test
    void aLargeBodyIsNotRead() {
        var request = new MockHttpServletRequest();
        request.setContent(new byte[65 * 1024]);
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> usage.count(request))
                .returns(413, refusal -> refusal.getStatusCode().value());
    }
}
