// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.UserId;
import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Claim;
import dev.assay.job.run.RunCommand.Enter;
import dev.assay.job.run.RunCommand.Exit;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Rerun;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.CancelledAhead;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.EndedBy;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Named;
import dev.assay.job.run.RunState.Numbers;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Terms;
import dev.assay.job.run.RunState.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunRulesTests {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final Ending GRADED = new Ending(RunStatus.COMPLETED, "done", null, 0.5);
    static final Ending UNGRADED = new Ending(RunStatus.COMPLETED, null, null, null);

    static final Instant LATER = NOW.plus(Duration.ofHours(1));

    static final Failure LOST = new Failure(Kind.INFRASTRUCTURE, null, "the engine went away");
    static final Duration PAUSE = Duration.ofSeconds(2);

    final RunRules rules = new RunRules(
            Duration.ofSeconds(15), RetryPolicy.of(2, PAUSE, Duration.ofMinutes(1)), Duration.ofMinutes(30), Duration.ofMinutes(1), Duration.ofHours(1));

    @Test
    void aSubmittedRunIsQueuedHeldAndFinished() {
        var ask = UUID.randomUUID();
        var held = next(next(new Unknown(), new Submit(false)), new Take("w", ask, terms(Duration.ofHours(1))));
        assertThat(held)
                .isEqualTo(new Held(
                        new Numbers(1, 0, 0), "w", ask, NOW.plusSeconds(15), NOW.plusSeconds(1800), terms(Duration.ofHours(1)), Phase.INITIALIZING,
                        false));
        assertThat(next(held, new Report("w", 1, GRADED)))
                .isEqualTo(new Finished(new Numbers(1, 0, 1), GRADED, EndedBy.WORKER, "w", NOW));
    }

    @Test
    void whatHasEndedWithoutAGradeIsRunAgainWithNumbersThatGoOn() {
        var failed = new Finished(new Numbers(3, 3, 1), Ending.failed(LOST, null), EndedBy.PLATFORM, null, NOW);
        var again = next(failed, new Rerun(UserId.random()));
        assertThat(again).isEqualTo(new Queued(new Numbers(3, 0, 1)));
        var held = next(again, new Take("w", null, terms(Duration.ofHours(1))));
        assertThat(decide(held, new Report("w", 3, GRADED)).answer()).isEqualTo(Answer.REFUSED);
        assertThat(next(held, new Report("w", 4, GRADED)).numbers()).isEqualTo(new Numbers(4, 0, 2));
    }

    @Test
    void whatIsGradedOrAClientsOrGoesOnIsNotRunAgain() {
        var rerun = new Rerun(UserId.random());
        for (var kept : List.of(
                new Finished(new Numbers(1, 0, 1), GRADED, EndedBy.WORKER, "w", NOW),
                new Finished(new Numbers(0, 0, 1), UNGRADED, EndedBy.CLIENT, null, NOW),
                new Queued(new Numbers(1, 0, 1)),
                new CancelledAhead())) {
            assertThat(decide(kept, rerun)).isEqualTo(new Decision(kept, Answer.NOTHING_TO_DO));
        }
    }

    @Test
    void aCancellationThatOvertookTheSubmissionWins() {
        var ahead = decide(new Unknown(), new Cancel());
        assertThat(ahead).isEqualTo(new Decision(new CancelledAhead(), Answer.NOTHING_TO_DO));
        assertThat(next(ahead.next(), new Submit(false))).isEqualTo(cancelled(new Numbers(0, 0, 1)));
        assertThat(next(ahead.next(), new Enter()).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(next(ahead.next(), new Exit(GRADED)).status()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void whatIsSubmittedToACancelledJobIsCancelled() {
        for (var unheard : new RunState[] {new Unknown(), new Named(NOW), new CancelledAhead()}) {
            assertThat(decide(unheard, new Submit(true))).isEqualTo(new Decision(cancelled(new Numbers(0, 0, 1)), Answer.DONE));
        }
        var held = held(1, 0, Phase.RUNNING, false);
        assertThat(decide(held, new Submit(true))).isEqualTo(new Decision(held, Answer.NOTHING_TO_DO));
    }

    @Test
    void aQueuedRunIsCancelledAtOnceAndAHeldOneInTwoSteps() {
        assertThat(next(new Queued(new Numbers(1, 1, 0)), new Cancel())).isEqualTo(cancelled(new Numbers(1, 1, 1)));
        var cancelling = next(held(1, 0, Phase.RUNNING, false), new Cancel());
        assertThat(cancelling.status()).isEqualTo(RunStatus.CANCELLING);
        assertThat(decide(cancelling, new Cancel()).answer()).isEqualTo(Answer.NOTHING_TO_DO);
        assertThat(next(cancelling, new Report("w", 1, Ending.CANCELLED)).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(next(cancelling, new Report("w", 1, UNGRADED)).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(next(cancelling, new Report("w", 1, GRADED)))
                .isEqualTo(new Finished(new Numbers(1, 0, 1), GRADED, EndedBy.WORKER, "w", NOW));
        assertThat(rules.decide(cancelling, new Sweep(), NOW.plusSeconds(15)).next().status()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void aLeaseThatRanOutIsQueuedAgainUntilItWasLostTooOften() {
        var second = held(2, 1, Phase.RUNNING, false);
        assertThat(rules.decide(second, new Sweep(), NOW.plusSeconds(14)).answer()).isEqualTo(Answer.NOTHING_TO_DO);
        assertThat(rules.decide(second, new Sweep(), NOW.plusSeconds(15)).next())
                .isEqualTo(new Queued(new Numbers(2, 2, 0), NOW.plusSeconds(15).plus(PAUSE.multipliedBy(2))));
        var end = (Finished) rules.decide(held(3, 2, Phase.RUNNING, false), new Sweep(), NOW.plusSeconds(15)).next();
        assertThat(end.ending()).isEqualTo(Ending.failed(
                new Failure(Kind.INFRASTRUCTURE, null, "the worker was lost (3 attempts have failed)"), null));
        assertThat(end.numbers()).isEqualTo(new Numbers(3, 3, 1));
    }

    @Test
    void aLeaseThatIsGivenBackCostsNothingHoweverOften() {
        RunState run = new Queued(new Numbers(0, 0, 0));
        for (var attempt = 1; attempt <= 10; attempt++) {
            run = next(run, new Take("w", null, terms(Duration.ofHours(1))));
            assertThat(decide(run, new Release("v", attempt, null))).isEqualTo(new Decision(run, Answer.REFUSED));
            assertThat(decide(run, new Release("w", attempt - 1, null))).isEqualTo(new Decision(run, Answer.REFUSED));
            run = next(run, new Release("w", attempt, null));
            assertThat(run).isEqualTo(new Queued(new Numbers(attempt, 0, 0)));
            assertThat(decide(run, new Release("w", attempt, null))).isEqualTo(new Decision(run, Answer.NOTHING_TO_DO));
            assertThat(decide(run, new Report("w", attempt, GRADED)).answer()).isEqualTo(Answer.REFUSED);
        }
    }

    @Test
    void aWorkerThatFailsIsALossAndTheLastOneSaysWhy() {
        assertThat(next(held(1, 0, Phase.RUNNING, false), new Release("w", 1, "no such file")))
                .isEqualTo(new Queued(new Numbers(1, 1, 0), NOW.plus(PAUSE)));
        var end = (Finished) next(held(5, 2, Phase.RUNNING, false), new Release("w", 5, "no such file"));
        assertThat(end.ending().error()).isEqualTo("the worker failed: no such file (3 attempts have failed)");
        assertThat(decide(end, new Release("w", 5, "no such file"))).isEqualTo(new Decision(end, Answer.NOTHING_TO_DO));
    }

    @Test
    void whatTheInfrastructureFailsIsTriedAgainLaterAndLaterAndThenNoMore() {
        var failed = Ending.failed(LOST, null);
        var second = next(held(1, 0, Phase.RUNNING, false), new Report("w", 1, failed));
        assertThat(second).isEqualTo(new Queued(new Numbers(1, 1, 0), NOW.plus(PAUSE)));
        assertThat(decide(second, new Report("w", 1, failed))).as("a repeat").isEqualTo(new Decision(second, Answer.NOTHING_TO_DO));
        assertThat(decide(second, new Report("w", 1, GRADED)).answer()).as("another word").isEqualTo(Answer.REFUSED);
        assertThat(next(held(2, 1, Phase.RUNNING, false), new Report("w", 2, failed)))
                .isEqualTo(new Queued(new Numbers(2, 2, 0), NOW.plus(PAUSE.multipliedBy(2))));
        assertThat(next(held(3, 2, Phase.RUNNING, false), new Report("w", 3, failed)))
                .isEqualTo(new Finished(new Numbers(3, 2, 1), failed, EndedBy.WORKER, "w", NOW));
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "INFRASTRUCTURE", mode = EnumSource.Mode.EXCLUDE)
    void whatFailsOtherwiseIsOverUnlessTheRunAsksForMore(Kind kind) {
        var ending = Ending.failed(new Failure(kind, Failure.Phase.AGENT_LOOP, "no"), null);
        assertThat(next(held(1, 0, Phase.RUNNING, false), new Report("w", 1, ending))).isInstanceOf(Finished.class);
        var asked = new Terms(Duration.ofHours(1), new Retries(Map.of(kind, 1)));
        assertThat(next(held(1, 0, asked), new Report("w", 1, ending))).isEqualTo(new Queued(new Numbers(1, 1, 0), NOW.plus(PAUSE)));
        assertThat(next(held(2, 1, asked), new Report("w", 2, ending))).isInstanceOf(Finished.class);
    }

    @Test
    void whatHasAGradeOrHadItsTimeOrIsNotWantedIsNotTriedAgain() {
        var asked = new Terms(Duration.ofHours(1), new Retries(Map.of(Kind.AGENT, 5, Kind.INFRASTRUCTURE, 5)));
        var failure = new Failure(Kind.AGENT, Failure.Phase.AGENT_LOOP, "it gave up");
        assertThat(next(held(1, 0, asked), new Report("w", 1, Ending.of(RunStatus.ERROR, null, failure, 0.5)))).isInstanceOf(Finished.class);
        assertThat(next(held(1, 0, asked), new Report("w", 1, Ending.failed(failure, "timeout")))).isInstanceOf(Finished.class);
        var cancelling = next(held(1, 0, asked), new Cancel());
        assertThat(next(cancelling, new Report("w", 1, Ending.failed(LOST, null)))).isEqualTo(
                new Finished(new Numbers(1, 0, 1), Ending.CANCELLED, EndedBy.WORKER, "w", NOW));
        var none = new Terms(Duration.ofHours(1), new Retries(Map.of(Kind.INFRASTRUCTURE, 0)));
        assertThat(next(held(1, 0, none), new Report("w", 1, Ending.failed(LOST, null)))).isInstanceOf(Finished.class);
    }

    @Test
    void aFailureThatIsNobodysScoreIsNoReward() {
        assertThat(Ending.of(RunStatus.ERROR, null, LOST, 0.0).reward()).isNull();
        assertThat(Ending.of(RunStatus.ERROR, null, new Failure(Kind.MODEL, Failure.Phase.AGENT_LOOP, "503"), 1.0).reward()).isNull();
        assertThat(Ending.of(RunStatus.ERROR, null, new Failure(Kind.AGENT, Failure.Phase.AGENT_LOOP, "no"), 1.0).reward()).isEqualTo(1.0);
    }

    @Test
    void noPauseIsLongerThanTheLongest() {
        var policy = RetryPolicy.of(100, Duration.ofSeconds(1), Duration.ofSeconds(60));
        assertThat(IntStream.of(1, 2, 3, 6, 7, 100).mapToObj(failed -> policy.next(Kind.INFRASTRUCTURE, Retries.USUAL, failed, NOW)))
                .extracting(at -> Duration.between(NOW, at.orElseThrow()).toSeconds())
                .containsExactly(1L, 2L, 4L, 32L, 60L, 60L);
    }

    @Test
    void aCancellingRunThatIsGivenBackIsCancelled() {
        assertThat(next(held(1, 0, Phase.RUNNING, true), new Release("w", 1, null))).isEqualTo(cancelled(new Numbers(1, 0, 1)));
        assertThat(next(held(1, 0, Phase.RUNNING, true), new Release("w", 1, "why"))).isEqualTo(cancelled(new Numbers(1, 1, 1)));
    }

    @Test
    void onlyTheAttemptThatHoldsTheLeaseIsHeard() {
        var held = held(2, 1, Phase.INITIALIZING, false);
        for (var stranger : new RunCommand[] {
            new Renew("w", 1, Phase.RUNNING), new Renew("v", 2, Phase.RUNNING), new Report("w", 1, GRADED), new Report("v", 2, GRADED),
            new Release("w", 1, null), new Release("v", 2, null), new Release("w", 3, "no")
        }) {
            assertThat(decide(held, stranger)).isEqualTo(new Decision(held, Answer.REFUSED));
        }
        assertThat(decide(new Queued(new Numbers(2, 2, 0)), new Report("w", 2, GRADED)).answer()).isEqualTo(Answer.REFUSED);
    }

    @Test
    void aReportMayBeRepeatedAndTheFirstHolds() {
        var finished = next(held(2, 0, Phase.RUNNING, false), new Report("w", 2, GRADED));
        assertThat(decide(finished, new Report("w", 2, UNGRADED))).isEqualTo(new Decision(finished, Answer.NOTHING_TO_DO));
        assertThat(decide(finished, new Report("v", 1, UNGRADED))).isEqualTo(new Decision(finished, Answer.REFUSED));
        assertThat(decide(finished, new Release("w", 2, null))).isEqualTo(new Decision(finished, Answer.NOTHING_TO_DO));
    }

    @Test
    void aRunThatIsQueuedAgainAfterItsEndHearsNoOldAttemptAndTellsANewerEnd() {
        var first = (Finished) next(held(3, 0, Phase.RUNNING, false), new Report("w", 3, GRADED));
        var again = next(new Queued(first.numbers()), new Take("w", null, terms(Duration.ofHours(1))));
        assertThat(again.numbers()).isEqualTo(new Numbers(4, 0, 1));
        for (var attempt = 1; attempt <= 3; attempt++) {
            assertThat(decide(again, new Report("w", attempt, GRADED)).answer()).isEqualTo(Answer.REFUSED);
            assertThat(decide(again, new Renew("w", attempt, Phase.RUNNING)).answer()).isEqualTo(Answer.REFUSED);
        }
        assertThat(next(again, new Report("w", 4, UNGRADED)).numbers().revision()).isEqualTo(2);
        assertThat(next(next(again, new Cancel()), new Release("w", 4, null)).numbers().revision()).isEqualTo(2);
        assertThat(next(new Queued(first.numbers()), new Cancel()).numbers().revision()).isEqualTo(2);
        assertThat(rules.decide(again, new Sweep(), LATER).next().numbers().revision()).isEqualTo(2);
    }

    @Test
    void aRenewalExtendsTheLeaseAndNeverGoesBackInPhase() {
        var renewed = (Held) rules.decide(held(1, 0, Phase.RUNNING, false), new Renew("w", 1, Phase.INITIALIZING), NOW.plusSeconds(9)).next();
        assertThat(renewed.expires()).isEqualTo(NOW.plusSeconds(24));
        assertThat(renewed.phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void anAttemptsTimeBeginsWhenItsEnvironmentAnswers() {
        var taken = next(new Queued(new Numbers(0, 0, 0)), new Take("w", null, terms(Duration.ofMinutes(5))));
        var installed = NOW.plus(Duration.ofMinutes(20));
        var running = (Held) rules.decide(taken, new Renew("w", 1, Phase.RUNNING), installed).next();
        assertThat(running.deadline()).isEqualTo(installed.plus(Duration.ofMinutes(5)));
        var renewed = (Held) rules.decide(running, new Renew("w", 1, Phase.RUNNING), installed.plusSeconds(60)).next();
        assertThat(renewed.deadline()).isEqualTo(running.deadline());
    }

    @Test
    void anEnvironmentThatTakesTooLongToGetReadyIsAnError() {
        var late = NOW.plus(Duration.ofMinutes(31));
        var taken = (Held) next(new Queued(new Numbers(0, 0, 0)), new Take("w", null, terms(Duration.ofHours(5))));
        assertThat(rules.decide(taken, new Renew("w", 1, Phase.RUNNING), late).answer()).isEqualTo(Answer.REFUSED);
        var end = (Finished) rules.decide(taken, new Sweep(), late).next();
        assertThat(end.ending())
                .isEqualTo(Ending.failed(
                        Failure.in(Failure.Phase.PROVISIONING, Kind.INFRASTRUCTURE, "the environment took longer to get ready than it may"),
                        "timeout"));
    }

    @Test
    void anAttemptThatOutlivesItsTimeIsEnded() {
        var late = LATER.plus(Duration.ofMinutes(1));
        var alive = new Held(
                new Numbers(1, 0, 0), "w", null, late.plusSeconds(5), LATER, terms(Duration.ofHours(1)), Phase.RUNNING, false);
        assertThat(rules.decide(alive, new Renew("w", 1, Phase.RUNNING), late).answer()).isEqualTo(Answer.REFUSED);
        var end = (Finished) rules.decide(alive, new Sweep(), late).next();
        assertThat(end.ending().stopReason()).isEqualTo("timeout");
        assertThat(end.status()).isEqualTo(RunStatus.ERROR);
    }

    @Test
    void theTimeForTheWholeRolloutEndsEachOfItsPhasesAndFollowsItIntoTheQueueAgain() {
        var soon = NOW.plus(Duration.ofMinutes(10));
        var queued = new Queued(new Numbers(0, 0, 0), null, soon);
        var taken = (Held) next(queued, new Take("w", null, terms(Duration.ofHours(1))));
        assertThat(taken.deadline()).isEqualTo(soon);
        var running = (Held) next(taken, new Renew("w", 1, Phase.RUNNING));
        assertThat(running.deadline()).isEqualTo(soon);
        assertThat(next(running, new Release("w", 1, null))).isEqualTo(new Queued(new Numbers(1, 0, 0), null, soon));
        assertThat(next(running, new Report("w", 1, Ending.failed(LOST, null)))).isEqualTo(new Queued(new Numbers(1, 1, 0), NOW.plus(PAUSE), soon));
        var late = (Finished) rules.decide(running, new Report("w", 1, Ending.failed(LOST, null)), soon.minus(PAUSE)).next();
        assertThat(late.ending().error()).as("no other attempt would have time").isEqualTo(LOST.detail());
        var enough = (Held) next(new Queued(new Numbers(0, 0, 0), null, LATER.plusSeconds(1)), new Take("w", null, terms(Duration.ofHours(1))));
        assertThat(((Held) next(enough, new Renew("w", 1, Phase.RUNNING))).deadline()).isEqualTo(LATER);
    }

    @Test
    void whatWaitsForLongerThanItsWholeRolloutMayTakeIsEndedAsATimeout() {
        var queued = new Queued(new Numbers(0, 0, 0), null, LATER);
        assertThat(next(queued, new Sweep())).isEqualTo(queued);
        var end = (Finished) rules.decide(queued, new Sweep(), LATER).next();
        assertThat(end.ending().stopReason()).isEqualTo("timeout");
        assertThat(end.ending().error()).startsWith("[timeout] the time for the whole rollout was over");
        assertThat(end.numbers()).isEqualTo(new Numbers(0, 0, 1));
    }

    @Test
    void aClientsRunIsAbandonedAfterSilenceAndALateWordOverrides() {
        var driven = next(new Unknown(), new Enter());
        var abandoned = (Finished) rules.decide(driven, new Sweep(), LATER).next();
        assertThat(abandoned.ending().error()).isEqualTo("abandoned");
        assertThat(next(abandoned, new Exit(GRADED))).isEqualTo(new Finished(new Numbers(0, 0, 2), GRADED, EndedBy.CLIENT, null, NOW));
        assertThat(rules.decide(new Named(NOW), new Sweep(), LATER).next().status()).isEqualTo(RunStatus.ERROR);
    }

    @Test
    void aFinishedRunMayBeEnteredAgainButNotACancelledOne() {
        var finished = (Finished) next(next(new Unknown(), new Enter()), new Exit(GRADED));
        assertThat(decide(finished, new Exit(UNGRADED))).isEqualTo(new Decision(finished, Answer.NOTHING_TO_DO));
        var again = next(finished, new Enter());
        assertThat(again).isEqualTo(new Driven(new Numbers(0, 0, 1), NOW, finished));
        assertThat(next(again, new Enter())).isEqualTo(again);
        assertThat(next(again, new Exit(UNGRADED))).isEqualTo(new Finished(new Numbers(0, 0, 2), UNGRADED, EndedBy.CLIENT, null, NOW));

        var cancelled = next(next(new Unknown(), new Enter()), new Exit(Ending.CANCELLED));
        assertThat(decide(cancelled, new Enter())).isEqualTo(new Decision(cancelled, Answer.NOTHING_TO_DO));
    }

    @Test
    void anEnterThatWasOnlyLateLeavesTheEndAsItWasTold() {
        var finished = next(new Unknown(), new Exit(GRADED));
        var again = next(finished, new Enter());
        assertThat(rules.decide(again, new Sweep(), LATER.minusSeconds(1)).next()).isEqualTo(again);
        assertThat(rules.decide(again, new Sweep(), LATER).next()).isEqualTo(finished);
    }

    @Test
    void clientAndPlatformDoNotDriveTheSameRun() {
        var driven = new Driven(new Numbers(0, 0, 0), NOW, null);
        var queued = new Queued(new Numbers(0, 0, 0));
        assertThat(decide(driven, new Submit(false)).answer()).isEqualTo(Answer.REFUSED);
        assertThat(decide(queued, new Exit(GRADED)).answer()).isEqualTo(Answer.REFUSED);
        assertThat(decide(queued, new Enter())).isEqualTo(new Decision(queued, Answer.NOTHING_TO_DO));
        assertThat(decide(driven, new Cancel()).answer()).isEqualTo(Answer.NOTHING_TO_DO);
    }

    @Test
    void spansThatCameFirstOnlyNameTheRun() {
        var named = next(new Unknown(), new Claim());
        assertThat(next(named, new Submit(false))).isEqualTo(new Queued(new Numbers(0, 0, 0)));
        assertThat(next(named, new Enter())).isEqualTo(new Driven(new Numbers(0, 0, 0), NOW, null));
        var queued = new Queued(new Numbers(1, 0, 0));
        assertThat(decide(queued, new Claim()).next()).isEqualTo(queued);
    }

    private static Held held(int fence, int losses, Phase phase, boolean cancelling) {
        return new Held(
                new Numbers(fence, losses, 0), "w", null, NOW.plusSeconds(15), LATER, terms(Duration.ofHours(1)), phase, cancelling);
    }

    private static Finished cancelled(Numbers numbers) {
        return new Finished(numbers, Ending.CANCELLED, EndedBy.PLATFORM, null, NOW);
    }

    private Decision decide(RunState state, RunCommand command) {
        return rules.decide(state, command, NOW);
    }

    private RunState next(RunState state, RunCommand command) {
        return decide(state, command).next();
    }

    private static Terms terms(Duration timeout) {
        return new Terms(timeout, Retries.USUAL);
    }

    private static Held held(int fence, int losses, Terms terms) {
        return new Held(new Numbers(fence, losses, 0), "w", null, NOW.plusSeconds(15), LATER, terms, Phase.RUNNING, false);
    }
}
