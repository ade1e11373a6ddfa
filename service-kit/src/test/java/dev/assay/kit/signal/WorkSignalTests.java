// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.TimeLeft;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

@Timeout(60)
class WorkSignalTests {

    private final WorkSignal signal = new WorkSignal("work", Duration.ofMillis(20), new SimpleMeterRegistry(), work -> {});

    @BeforeEach
    void open() {
        signal.start();
    }

    @AfterEach
    void noRequest() {
        RequestContextHolder.resetRequestAttributes();
        signal.stop();
    }

    @Test
    void nobodyIsWaitedForLongerThanTheDeadlineOfTheRequest() {
        waitedFor(Duration.ofMillis(100));
        assertThatThrownBy(() -> signal.until(() -> 1, found -> false, Duration.ofHours(1)))
                .isInstanceOfSatisfying(Problem.class, late -> assertThat(late.getStatusCode().value()).isEqualTo(504));
    }

    @Test
    void whatIsThereIsGivenAlthoughItsTimeIsOverWhenItIsLookedAt() throws InterruptedException {
        waitedFor(Duration.ZERO);
        assertThat(signal.until(() -> 1, found -> true, Duration.ofHours(1))).isEqualTo(1);
    }

    @Test
    void aWaitThatEndsBeforeTheDeadlineGivesWhatThereIs() throws InterruptedException {
        waitedFor(Duration.ofHours(1));
        assertThat(signal.until(() -> 1, found -> false, Duration.ofMillis(50))).isEqualTo(1);
    }

    private static void waitedFor(Duration time) {
        var request = new MockHttpServletRequest();
        TimeLeft.set(request, time);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
    }
}
