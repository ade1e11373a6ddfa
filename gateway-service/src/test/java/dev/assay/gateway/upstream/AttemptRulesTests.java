// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static dev.assay.gateway.call.AskFailure.Kind.BROKE_OFF;
import static dev.assay.gateway.call.AskFailure.Kind.KEPT_CONNECTION_CLOSED;
import static dev.assay.gateway.call.AskFailure.Kind.LATE;
import static dev.assay.gateway.call.AskFailure.Kind.REFUSED;
import static dev.assay.gateway.call.AskFailure.Kind.STRANGE;
import static dev.assay.gateway.call.AskFailure.Kind.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.upstream.AttemptRules.Decision;
import dev.assay.gateway.upstream.AttemptRules.Standing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case of the table, as decision 0032 has it. */
class AttemptRulesTests {

    private static final AttemptSettings SETTINGS = new AttemptSettings(
            4, Duration.ofMillis(500), Duration.ofSeconds(8), Duration.ofSeconds(60), Duration.ofMinutes(2), Duration.ofMinutes(5));
    private static final Standing FIRST = new Standing(1, Duration.ZERO, false, false, false, false);
    private static final Standing OTHERS_LEFT = new Standing(1, Duration.ZERO, false, true, false, false);

    private final AttemptRules rules = new AttemptRules(SETTINGS);

    /** With 1 as the random number a pause is as long as it can be. */
    private Decision decide(AskFailure.Kind kind, ModelError told, Standing standing) {
        return rules.decide(kind, told, standing, 1);
    }

    private static ModelError error(int status) {
        return ModelError.of(status, "no");
    }

    private static Standing after(int tries, long waitedSeconds) {
        return new Standing(tries, Duration.ofSeconds(waitedSeconds), false, false, false, false);
    }

    private static String word(Decision decision) {
        return switch (decision) {
            case Decision.Again(var pause) -> "again";
            case Decision.Next() -> "next";
            case Decision.GiveUp(var told) -> "give up";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, 503, again,   next",
        "BROKE_OFF,   502, again,   next",
        "LATE,        504, give up, next",
        "STRANGE,     502, give up, next",
        "REFUSED,     500, again,   next",
        "REFUSED,     502, again,   next",
        "REFUSED,     503, again,   next",
        "REFUSED,     504, again,   next",
        "REFUSED,     529, again,   next",
        "REFUSED,     429, again,   next",
        "REFUSED,     408, again,   again",
        "REFUSED,     409, again,   again",
        "REFUSED,     425, again,   again",
        "REFUSED,     402, give up, next",
        "REFUSED,     400, give up, give up",
        "REFUSED,     403, give up, give up",
        "REFUSED,     404, give up, give up",
        "REFUSED,     413, give up, give up",
        "REFUSED,     422, give up, give up",
    })
    void whatIsDoneWithoutAnotherTargetAndWithOne(AskFailure.Kind kind, int status, String alone, String withOthers) {
        assertThat(word(decide(kind, error(status), FIRST))).isEqualTo(alone);
        assertThat(word(decide(kind, error(status), OTHERS_LEFT))).isEqualTo(withOthers);
    }

    @Test
    void nobodyIsAskedOnceAByteOfAnAnswerIsOut() {
        var answered = new Standing(1, Duration.ZERO, true, true, false, false);
        for (var kind : AskFailure.Kind.values()) {
            assertThat(word(decide(kind, error(503), answered))).as(kind.name()).isEqualTo("give up");
        }
    }

    @Test
    void aKeptConnectionThatWasClosedIsTriedOnceMoreAtOnceAndThenCounts() {
        assertThat(decide(KEPT_CONNECTION_CLOSED, error(502), OTHERS_LEFT)).isEqualTo(new Decision.Again(Duration.ZERO));
        var freshened = new Standing(1, Duration.ZERO, false, true, true, false);
        assertThat(word(decide(KEPT_CONNECTION_CLOSED, error(502), freshened))).isEqualTo("next");
    }

    @Test
    void aRefusalOfThePlatformsKeyIsNotTriedAgainButElsewhere() {
        var refused = error(502).andNoUseTryingAgain();
        assertThat(decide(REFUSED, refused, FIRST)).isEqualTo(new Decision.GiveUp(refused));
        assertThat(word(decide(REFUSED, refused, OTHERS_LEFT))).isEqualTo("next");
    }

    @Test
    void pausesDoubleUpToTheLongestAndAreCutByAtMostAHalf() {
        assertThat(decide(BROKE_OFF, error(502), after(1, 0))).isEqualTo(new Decision.Again(Duration.ofMillis(500)));
        assertThat(decide(BROKE_OFF, error(502), after(2, 0))).isEqualTo(new Decision.Again(Duration.ofSeconds(1)));
        assertThat(decide(BROKE_OFF, error(502), after(3, 0))).isEqualTo(new Decision.Again(Duration.ofSeconds(2)));
        assertThat(rules.decide(BROKE_OFF, error(502), after(3, 0), 0)).isEqualTo(new Decision.Again(Duration.ofSeconds(1)));
        var many = new AttemptRules(new AttemptSettings(
                1000, Duration.ofMillis(500), Duration.ofSeconds(8), Duration.ofSeconds(60), Duration.ofMinutes(2), Duration.ofMinutes(5)));
        assertThat(many.decide(BROKE_OFF, error(502), after(900, 0), 1)).isEqualTo(new Decision.Again(Duration.ofSeconds(8)));
    }

    @Test
    void theLastTryTellsTheClientNotToDoItAllAgain() {
        assertThat(decide(UNREACHABLE, error(503), after(4, 3))).isEqualTo(new Decision.GiveUp(error(503).andNoUseTryingAgain()));
        assertThat(decide(UNREACHABLE, error(503), after(2, 120))).isEqualTo(new Decision.GiveUp(error(503).andNoUseTryingAgain()));
    }

    @Test
    void whatTheUpstreamAsksForIsWaitedSoLongAsItIsBounded() {
        assertThat(decide(REFUSED, error(429).retryAfter(7.25), FIRST)).isEqualTo(new Decision.Again(Duration.ofMillis(7250)));
        assertThat(decide(REFUSED, error(429).retryAfter(0.0), FIRST)).isEqualTo(new Decision.Again(Duration.ZERO));
        var long61 = error(429).retryAfter(61.0);
        assertThat(decide(REFUSED, long61, FIRST)).as("the client's to wait").isEqualTo(new Decision.GiveUp(long61));
        var late = error(429).retryAfter(50.0);
        assertThat(decide(REFUSED, late, after(3, 100))).as("no patience left").isEqualTo(new Decision.GiveUp(late));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, 1e9, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNoTimeSaysNothing(double seconds) {
        assertThat(decide(REFUSED, error(429).retryAfter(seconds), FIRST)).isEqualTo(new Decision.Again(Duration.ofMillis(500)));
    }

    @Test
    void aCodexClientWaitsThroughAFullUpstream() {
        assertThat(word(decide(REFUSED, error(429).retryAfter(90.0), codex(9, 100)))).isEqualTo("again");
        assertThat(word(decide(REFUSED, error(503), codex(30, 290)))).isEqualTo("again");
        assertThat(word(decide(REFUSED, error(503), codex(30, 300)))).isEqualTo("give up");
        assertThat(word(decide(REFUSED, error(500), codex(4, 1)))).as("broken is not full").isEqualTo("give up");
    }

    private static Standing codex(int tries, long waitedSeconds) {
        return new Standing(tries, Duration.ofSeconds(waitedSeconds), false, false, false, true);
    }

    @Test
    void anUpstreamThatSaysItIsNoUseIsBelieved() {
        @Nullable Boolean no = false;
        assertThat(word(decide(REFUSED, error(503).shouldRetry(no), FIRST))).isEqualTo("give up");
        assertThat(word(decide(REFUSED, error(503).shouldRetry(true), FIRST))).isEqualTo("again");
        assertThat(word(decide(STRANGE, error(502), FIRST))).isEqualTo("give up");
        assertThat(word(decide(LATE, error(504), FIRST))).isEqualTo("give up");
    }
}
