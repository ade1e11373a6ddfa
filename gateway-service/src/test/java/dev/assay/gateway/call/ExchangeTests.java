// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeTests {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final AtomicInteger closed = new AtomicInteger();
    private final Exchange call = new Exchange(
            UUID.randomUUID(),
            Route.of("POST", "/inference/chat/completions").orElseThrow(),
            Fields.NONE,
            Caller.of(Role.MEMBER),
            null,
            null);

    @Test
    void aLateAttemptEndsAndTheNextOneHasAllItsTime() {
        call.patience(LONG, LONG);
        call.running(closed::incrementAndGet);
        call.hurry(Duration.ofSeconds(5));
        assertThat(call.nextNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
        call.late(ModelError.of(504, "late"));
        assertThat(closed).hasValue(1);
        assertThat(call.late()).isPresent();
        assertThat(call.ending()).isEmpty();

        call.running(closed::incrementAndGet);
        assertThat(call.late()).isEmpty();
        assertThat(call.nextNanos()).isEqualTo(LONG.toNanos());
        assertThat(call.firstNanos()).isEqualTo(LONG.toNanos());
    }

    @Test
    void anAttemptThatBeginsAfterTheCallHasEndedIsClosedAtOnce() {
        call.end(Ending.GONE);
        call.end(Ending.DRAINED);
        call.running(closed::incrementAndGet);
        assertThat(closed).hasValue(1);
        assertThat(call.ending()).contains(Ending.GONE);
    }

    @Test
    void nothingIsLateWhileNothingRuns() {
        call.running(closed::incrementAndGet);
        call.running(null);
        call.late(ModelError.of(504, "late"));
        assertThat(closed).hasValue(0);
        assertThat(call.late()).isEmpty();
    }
}
