// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTests {

    private final Breaker breaker = new Breaker("shaky", new BreakerSettings(10, 4, 50, Duration.ofHours(1), 2));

    private static AskFailure failure(AskFailure.Kind kind, int status) {
        return new AskFailure(kind, ModelError.of(status, "no"), null);
    }

    private void fails(IOException with) {
        breaker.admit();
        assertThatThrownBy(() -> breaker.run(() -> {
            throw with;
        })).isSameAs(with);
    }

    private void works() throws IOException {
        breaker.admit();
        breaker.run(() -> {});
    }

    @Test
    void anUpstreamThatFailsIsLeftAloneAndItsCallersAreToldForHowLong() {
        for (int i = 0; i < 4; i++) {
            assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
            fails(failure(AskFailure.Kind.BROKE_OFF, 502));
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThatThrownBy(breaker::admit).isInstanceOfSatisfying(ModelErrorException.class, e -> {
            assertThat(e.error().status()).isEqualTo(503);
            assertThat(e.error().retryAfter()).isBetween(3500.0, 3600.0);
        });
    }

    @Test
    void whatIsNotItsFaultDoesNotCount() {
        for (int i = 0; i < 20; i++) {
            fails(failure(AskFailure.Kind.REFUSED, 429));
            fails(failure(AskFailure.Kind.REFUSED, 400));
            fails(failure(AskFailure.Kind.KEPT_CONNECTION_CLOSED, 502));
            fails(new AbortedException(Ending.GONE));
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void onceItAnswersALookAFewCallsTryAndItIsWellAgain() throws IOException {
        for (int i = 0; i < 4; i++) {
            fails(failure(AskFailure.Kind.UNREACHABLE, 503));
        }
        breaker.answersAgain();
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
        works();
        works();
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void aTrialWhoseClientLeftGivesItsPlaceBack() throws IOException {
        for (int i = 0; i < 4; i++) {
            fails(failure(AskFailure.Kind.UNREACHABLE, 503));
        }
        breaker.answersAgain();
        for (int i = 0; i < 5; i++) {
            fails(new AbortedException(Ending.GONE));
        }
        works();
        works();
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }
}
