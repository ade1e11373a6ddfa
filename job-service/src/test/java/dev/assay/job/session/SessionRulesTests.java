// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunSettings;
import dev.assay.job.session.SessionCommand.Fail;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Ready;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.End;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionRulesTests {

    private final SessionRules rules = new SessionRules(
            new RunSettings(
                            new RunSettings.Lease(Duration.ofSeconds(15), 3),
                            new RunSettings.Run(Duration.ofMinutes(30), Duration.ofHours(1), Duration.ofHours(24), Duration.ofMinutes(1)),
                            new RunSettings.Retry(Duration.ofSeconds(1), Duration.ofMinutes(1)), Duration.ofHours(1),
                            new RunSettings.Sweep(Duration.ofSeconds(1)), new RunSettings.Limits(0, List.of()))
                    .rules(),
            Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofHours(24));
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private SessionState state = SessionState.openedAt(now);

    @Test
    void whoeverUsesItForLongerThanASessionMayLastIsPutOut() {
        serve();
        for (var hour = 0; hour < 23; hour++) {
            pass(Duration.ofHours(1));
            tell(new Renew("w", 1, 3), Answer.DONE);
        }
        tell(new Sweep(), Answer.NOTHING_TO_DO);
        pass(Duration.ofHours(1));
        tell(new Sweep(), Answer.DONE);
        assertEnded(Cause.LIFETIME, "It was open for 86400 s.");
    }

    @Test
    void whatNobodyCameToAndWhatSomebodyLeftEndsWithOneCauseEach() {
        pass(Duration.ofMinutes(5));
        tell(new Sweep(), Answer.DONE);
        assertEnded(Cause.UNUSED, "No worker had room for it within 300 s.");

        state = SessionState.openedAt(now);
        serve();
        tell(new Knock(), Answer.DONE);
        pass(Duration.ofSeconds(10));
        tell(new Sweep(), Answer.DONE);
        assertEnded(Cause.IDLE, "Nobody was connected to it any more for 10 s.");
    }

    @Test
    void aStartThatTakesLongEndsNobodysSessionWhoKnockedMeanwhile() {
        tell(new Knock(), Answer.DONE);
        tell(new Take("w", null), Answer.DONE);
        for (var renewal = 0; renewal < 10; renewal++) {
            pass(Duration.ofSeconds(12));
            tell(new Sweep(), Answer.NOTHING_TO_DO);
            tell(new Renew("w", 1, 0), Answer.DONE);
        }
        tell(new Ready("w", 1, "http://w"), Answer.DONE);
        pass(Duration.ofSeconds(9));
        tell(new Ready("w", 1, "http://w"), Answer.DONE);
        tell(new Sweep(), Answer.NOTHING_TO_DO);
        pass(Duration.ofSeconds(1));
        tell(new Sweep(), Answer.DONE);
        assertEnded(Cause.IDLE, "Nobody was connected to it any more for 10 s.");
    }

    @Test
    void whoeverKnockedAtWhatNeverServedIsNotWaitedForWithoutEnd() {
        pass(Duration.ofMinutes(4));
        tell(new Knock(), Answer.DONE);
        pass(Duration.ofMinutes(4));
        tell(new Sweep(), Answer.NOTHING_TO_DO);
        pass(Duration.ofMinutes(1));
        tell(new Sweep(), Answer.DONE);
        assertEnded(Cause.UNUSED, "No worker had room for it within 300 s.");
    }

    @Test
    void theLastTunnelsEndIsTheLastSignOfLife() {
        serve();
        tell(new Renew("w", 1, 1), Answer.DONE);
        pass(Duration.ofSeconds(9));
        tell(new Renew("w", 1, 0), Answer.DONE);
        pass(Duration.ofSeconds(9));
        tell(new Renew("w", 1, 0), Answer.DONE);
        tell(new Sweep(), Answer.NOTHING_TO_DO);
        pass(Duration.ofSeconds(1));
        tell(new Sweep(), Answer.DONE);
        assertEnded(Cause.IDLE, "Nobody was connected to it any more for 10 s.");
    }

    @Test
    void aClockThatIsSetBackTakesNothingBack() {
        serve();
        tell(new Renew("w", 1, 1), Answer.DONE);
        var before = state;
        pass(Duration.ofSeconds(-5));
        tell(new Renew("w", 1, 1), Answer.DONE);
        assertThat(state).isEqualTo(before);
    }

    @Test
    void wordsThatComeTwiceAreHarmlessAndThoseOfAnotherAttemptAreNotHeard() {
        tell(new Take("w", null), Answer.DONE);
        tell(new Release("w", 1, null), Answer.DONE);
        tell(new Release("w", 1, null), Answer.NOTHING_TO_DO);
        tell(new Take("v", null), Answer.DONE);
        tell(new Release("w", 1, null), Answer.REFUSED);
        tell(new Ready("w", 1, "http://w"), Answer.REFUSED);
        tell(new Fail("v", 2, new Failure(Kind.ENVIRONMENT, null, "no licence")), Answer.DONE);
        tell(new Fail("v", 2, new Failure(Kind.ENVIRONMENT, null, "no licence")), Answer.NOTHING_TO_DO);
        tell(new Renew("v", 2, 1), Answer.REFUSED);
        assertEnded(Cause.ENVIRONMENT, "no licence");
    }

    @Test
    void aSweepIsDueExactlyWhenItHasSomethingToDo() {
        assertDueIn(Duration.ofMinutes(5));
        tell(new Knock(), Answer.DONE);
        assertDueIn(Duration.ofMinutes(5));
        tell(new Take("w", null), Answer.DONE);
        assertDueIn(Duration.ofSeconds(15));
        tell(new Ready("w", 1, "http://w"), Answer.DONE);
        assertDueIn(Duration.ofSeconds(10));
        tell(new Renew("w", 1, 2), Answer.DONE);
        assertDueIn(Duration.ofSeconds(15));
        pass(Duration.ofHours(24).minusSeconds(1));
        tell(new Renew("w", 1, 2), Answer.DONE);
        assertDueIn(Duration.ofSeconds(1));
    }

    private void assertDueIn(Duration left) {
        assertThat(rules.due(state)).isEqualTo(now.plus(left));
        assertThat(rules.decide(state, new Sweep(), now.plus(left).minusMillis(1)).answer()).isEqualTo(Answer.NOTHING_TO_DO);
        assertThat(rules.decide(state, new Sweep(), now.plus(left)).answer()).isEqualTo(Answer.DONE);
    }

    private void serve() {
        tell(new Take("w", null), Answer.DONE);
        tell(new Ready("w", 1, "http://w"), Answer.DONE);
    }

    private void tell(SessionCommand command, Answer expected) {
        var decision = rules.decide(state, command, now);
        assertThat(decision.answer()).as("%s", command).isEqualTo(expected);
        state = decision.next();
    }

    private void assertEnded(Cause cause, String error) {
        assertThat(state.end()).isEqualTo(new End(cause, error, now));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
