// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Claim;
import dev.assay.job.run.RunCommand.Enter;
import dev.assay.job.run.RunCommand.Exit;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.CancelledAhead;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.EndedBy;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Named;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Unknown;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunRulesTests {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final Ending GRADED = new Ending(RunStatus.COMPLETED, "done", null, 0.5);
    static final Ending UNGRADED = new Ending(RunStatus.COMPLETED, null, null, null);

    final RunRules rules = new RunRules(Duration.ofSeconds(15), 3, Duration.ofMinutes(1), Duration.ofHours(1));

    @Test
    void aSubmittedRunIsQueuedHeldAndFinished() {
        var held = next(next(new Unknown(), new Submit()), new Take("w", Duration.ofHours(1)));
        assertThat(held).isEqualTo(new Held(1, "w", NOW.plusSeconds(15), NOW.plusSeconds(3600), Phase.INITIALIZING, false));
        assertThat(next(held, new Report("w", 1, GRADED))).isEqualTo(new Finished(GRADED, EndedBy.WORKER, 1, "w", 1));
    }

    @Test
    void aCancellationThatOvertookTheSubmissionWins() {
        var ahead = decide(new Unknown(), new Cancel());
        assertThat(ahead).isEqualTo(new Decision(new CancelledAhead(), Answer.NOTHING_TO_DO));
        assertThat(next(ahead.next(), new Submit())).isEqualTo(new Finished(Ending.CANCELLED, EndedBy.PLATFORM, 0, null, 1));
        assertThat(next(ahead.next(), new Enter()).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(next(ahead.next(), new Exit(GRADED)).status()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void aQueuedRunIsCancelledAtOnceAndAHeldOneInTwoSteps() {
        assertThat(next(new Queued(1), new Cancel())).isEqualTo(new Finished(Ending.CANCELLED, EndedBy.PLATFORM, 1, null, 1));
        var cancelling = next(held(1, Phase.RUNNING, false), new Cancel());
        assertThat(cancelling.status()).isEqualTo(RunStatus.CANCELLING);
        assertThat(decide(cancelling, new Cancel()).answer()).isEqualTo(Answer.NOTHING_TO_DO);
        assertThat(next(cancelling, new Report("w", 1, Ending.CANCELLED)).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(next(cancelling, new Report("w", 1, UNGRADED)).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(next(cancelling, new Report("w", 1, GRADED))).isEqualTo(new Finished(GRADED, EndedBy.WORKER, 1, "w", 1));
        assertThat(rules.decide(cancelling, new Sweep(), NOW.plusSeconds(15)).next().status()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void aLeaseThatRanOutIsQueuedAgainUntilItWasLostTooOften() {
        assertThat(rules.decide(held(2, Phase.RUNNING, false), new Sweep(), NOW.plusSeconds(14)).answer()).isEqualTo(Answer.NOTHING_TO_DO);
        assertThat(rules.decide(held(2, Phase.RUNNING, false), new Sweep(), NOW.plusSeconds(15)).next()).isEqualTo(new Queued(2));
        var end = (Finished) rules.decide(held(3, Phase.RUNNING, false), new Sweep(), NOW.plusSeconds(15)).next();
        assertThat(end.ending()).isEqualTo(new Ending(RunStatus.ERROR, null, "[provisioning] the worker was lost 3 times", null));
    }

    @Test
    void onlyTheAttemptThatHoldsTheLeaseIsHeard() {
        var held = held(2, Phase.INITIALIZING, false);
        for (var stranger : new RunCommand[] {
            new Renew("w", 1, Phase.RUNNING), new Renew("v", 2, Phase.RUNNING), new Report("w", 1, GRADED), new Report("v", 2, GRADED)
        }) {
            assertThat(decide(held, stranger)).isEqualTo(new Decision(held, Answer.REFUSED));
        }
        assertThat(decide(new Queued(2), new Report("w", 2, GRADED)).answer()).isEqualTo(Answer.REFUSED);
    }

    @Test
    void aReportMayBeRepeatedAndTheFirstHolds() {
        var finished = next(held(2, Phase.RUNNING, false), new Report("w", 2, GRADED));
        assertThat(decide(finished, new Report("w", 2, UNGRADED))).isEqualTo(new Decision(finished, Answer.NOTHING_TO_DO));
        assertThat(decide(finished, new Report("v", 1, UNGRADED))).isEqualTo(new Decision(finished, Answer.REFUSED));
    }

    @Test
    void aRenewalExtendsTheLeaseAndNeverGoesBackInPhase() {
        var renewed = (Held) rules.decide(held(1, Phase.RUNNING, false), new Renew("w", 1, Phase.INITIALIZING), NOW.plusSeconds(9)).next();
        assertThat(renewed.expires()).isEqualTo(NOW.plusSeconds(24));
        assertThat(renewed.phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void anAttemptThatOutlivesItsTimeIsEnded() {
        var late = NOW.plus(Duration.ofHours(1)).plus(Duration.ofMinutes(1));
        var alive = new Held(1, "w", late.plusSeconds(5), NOW.plus(Duration.ofHours(1)), Phase.RUNNING, false);
        assertThat(rules.decide(alive, new Renew("w", 1, Phase.RUNNING), late).answer()).isEqualTo(Answer.REFUSED);
        var end = (Finished) rules.decide(alive, new Sweep(), late).next();
        assertThat(end.ending().stopReason()).isEqualTo("timeout");
        assertThat(end.status()).isEqualTo(RunStatus.ERROR);
    }

    @Test
    void aClientsRunIsAbandonedAfterSilenceAndALateWordOverrides() {
        var driven = next(new Unknown(), new Enter());
        var abandoned = (Finished) rules.decide(driven, new Sweep(), NOW.plus(Duration.ofHours(1))).next();
        assertThat(abandoned.ending().error()).isEqualTo("abandoned");
        assertThat(next(abandoned, new Exit(GRADED))).isEqualTo(new Finished(GRADED, EndedBy.CLIENT, 0, null, 2));
        assertThat(rules.decide(new Named(NOW), new Sweep(), NOW.plus(Duration.ofHours(1))).next().status()).isEqualTo(RunStatus.ERROR);
    }

    @Test
    void aFinishedRunMayBeEnteredAgainButNotACancelledOne() {
        var finished = next(next(new Unknown(), new Enter()), new Exit(GRADED));
        assertThat(decide(finished, new Exit(UNGRADED))).isEqualTo(new Decision(finished, Answer.NOTHING_TO_DO));
        var again = next(finished, new Enter());
        assertThat(again).isEqualTo(new Driven(NOW, 1));
        assertThat(next(again, new Exit(UNGRADED))).isEqualTo(new Finished(UNGRADED, EndedBy.CLIENT, 0, null, 2));

        var cancelled = next(next(new Unknown(), new Enter()), new Exit(Ending.CANCELLED));
        assertThat(decide(cancelled, new Enter())).isEqualTo(new Decision(cancelled, Answer.NOTHING_TO_DO));
    }

    @Test
    void clientAndPlatformDoNotDriveTheSameRun() {
        assertThat(decide(new Driven(NOW, 0), new Submit()).answer()).isEqualTo(Answer.REFUSED);
        assertThat(decide(new Queued(0), new Exit(GRADED)).answer()).isEqualTo(Answer.REFUSED);
        assertThat(decide(new Queued(0), new Enter())).isEqualTo(new Decision(new Queued(0), Answer.NOTHING_TO_DO));
        assertThat(decide(new Driven(NOW, 0), new Cancel()).answer()).isEqualTo(Answer.NOTHING_TO_DO);
    }

    @Test
    void spansThatCameFirstOnlyNameTheRun() {
        var named = next(new Unknown(), new Claim());
        assertThat(next(named, new Submit())).isEqualTo(new Queued(0));
        assertThat(next(named, new Enter())).isEqualTo(new Driven(NOW, 0));
        assertThat(decide(new Queued(1), new Claim()).next()).isEqualTo(new Queued(1));
    }

    private static Held held(int attempt, Phase phase, boolean cancelling) {
        return new Held(attempt, "w", NOW.plusSeconds(15), NOW.plus(Duration.ofHours(1)), phase, cancelling);
    }

    private Decision decide(RunState state, RunCommand command) {
        return rules.decide(state, command, NOW);
    }

    private RunState next(RunState state, RunCommand command) {
        return decide(state, command).next();
    }
}
