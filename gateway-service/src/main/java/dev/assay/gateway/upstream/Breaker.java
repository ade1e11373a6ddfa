// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps calls away from an upstream that fails, and lets a few through later to see whether it is well again. What the upstream is not to
 * blame for says nothing: a client that left, a limit, a call that it rightly refused.
 */
final class Breaker {

    /** How an upstream is. */
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** What is asked, and passed on. */
    interface Try {
        void run() throws IOException;
    }

    private final String upstream;
    private final CircuitBreaker circuit;
    private final Duration pause;
    private volatile long openedNanos;

    Breaker(String upstream, BreakerSettings settings) {
        this.upstream = upstream;
        this.pause = settings.pause();
        this.circuit = CircuitBreaker.of(upstream, CircuitBreakerConfig.custom()
                .slidingWindow(settings.calls(), Math.min(settings.least(), settings.calls()), CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(settings.failures())
                .waitDurationInOpenState(settings.pause())
                .permittedNumberOfCallsInHalfOpenState(settings.trials())
                .build());
        circuit.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                openedNanos = System.nanoTime();
            }
        });
    }

    State state() {
        return switch (circuit.getState()) {
            case OPEN, FORCED_OPEN -> State.OPEN;
            case HALF_OPEN -> State.HALF_OPEN;
            default -> State.CLOSED;
        };
    }

    /** A look at the upstream has shown that it answers: calls need not wait for the pause's end. */
    void answersAgain() {
        if (circuit.getState() == CircuitBreaker.State.OPEN) {
            circuit.transitionToHalfOpenState();
        }
    }

    /**
     * Lets a call in, which then has to {@link #run}: else its place stays taken.
     *
     * @throws ModelErrorException 503 if the upstream is left alone just now
     */
    void admit() {
        if (!circuit.tryAcquirePermission()) {
            var left = (pause.toNanos() - (System.nanoTime() - openedNanos)) / 1e9;
            throw new ModelErrorException(ModelError.unavailable(
                    "The upstream '" + upstream + "' has failed too often just now and is left alone for a while.", Math.max(1, Math.ceil(left))));
        }
    }

    /** For whoever was let in. The place is given back exactly once, however the try ends. */
    void run(Try one) throws IOException {
        var begun = System.nanoTime();
        AskFailure failure = null;
        var whole = false;
        try {
            one.run();
            whole = true;
        } catch (AskFailure e) {
            failure = e;
            throw e;
        } finally {
            if (whole) {
                circuit.onSuccess(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
            } else if (failure != null && isItsFault(failure)) {
                circuit.onError(System.nanoTime() - begun, TimeUnit.NANOSECONDS, failure);
            } else {
                circuit.releasePermission();
            }
        }
    }

    private static boolean isItsFault(AskFailure failure) {
        return switch (failure.kind()) {
            case UNREACHABLE, BROKE_OFF, LATE, STRANGE -> true;
            case KEPT_CONNECTION_CLOSED -> false;
            case REFUSED -> failure.told().status() >= 500 && !Boolean.FALSE.equals(failure.told().shouldRetry());
        };
    }
}
