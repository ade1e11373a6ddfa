// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InternalRestTests {

    @Test
    void aTokenIsShownAgainForHalfAMinuteOfTheClockThatItsEndIsReadFrom() {
        var then = Instant.parse("2026-01-01T00:00:00Z");
        var now = new AtomicReference<>(then);
        var minted = new AtomicInteger();
        var pass = new InternalRest.Pass(() -> "token " + minted.incrementAndGet(), now::get);
        pass.token();
        now.set(then.plusSeconds(30));
        assertThat(pass.token()).isEqualTo("token 1");
        now.set(then.plusSeconds(600));
        assertThat(pass.token()).as("the machine slept").isEqualTo("token 2");
        now.set(then);
        assertThat(pass.token()).as("the clock was set back").isEqualTo("token 3");
    }
}
