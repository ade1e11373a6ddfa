// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.UserId;
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
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Terms;
import dev.assay.job.run.RunState.Unknown;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransitionTests {

    static final Ending GRADED = new Ending(RunStatus.COMPLETED, "done", null, 0.5);
    static final Ending FAILED = new Ending(RunStatus.ERROR, null, "x".repeat(600), null);
    static final Ending LOST = Ending.failed(new Failure(Kind.INFRASTRUCTURE, null, "the engine went away"), null);
    static final Take TAKE = new Take("w", null, new Terms(Duration.ofMinutes(1), Retries.USUAL));
    static final Renew READY = new Renew("w", 1, Phase.RUNNING);

    final UserId user = UserId.random();
    final RunRules rules = new RunRules(
            Duration.ofSeconds(15), RetryPolicy.of(1, Duration.ZERO, Duration.ZERO), Duration.ofMinutes(30), Duration.ofMinutes(1), Duration.ofHours(1));

    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private RunState state = new Unknown();

    @Test
    void aHostedRunTellsWhoTookItAndEndedIt() {
        step(new Submit(false), Cause.SUBMITTED, null, null);
        step(TAKE, Cause.LEASED, "w", null);
        nothing(new Renew("w", 1, Phase.INITIALIZING));
        step(READY, Cause.READY, "w", null);
        nothing(READY);
        step(new Report("w", 1, GRADED), Cause.REPORTED, "w", null);
        nothing(new Report("w", 1, GRADED));
    }

    @Test
    void aFailureIsToldInShortAndARunThatIsRunAgainKeepsIt() {
        apply(new Submit(false), TAKE);
        step(new Report("w", 1, FAILED), Cause.REPORTED, "w", "x".repeat(500) + "…");
        step(new Rerun(user), Cause.RERUN, user.toString(), null);
        step(TAKE, Cause.LEASED, "w", null);
    }

    @Test
    void whatWasGivenBackIsToldFromWhatAWorkerFailedAtOrWasLostWith() {
        apply(new Submit(false), TAKE);
        step(new Release("w", 1, null), Cause.GIVEN_BACK, "w", null);
        apply(TAKE);
        step(new Release("w", 2, "disk full"), Cause.WORKER_FAILED, "w", "disk full", Kind.INFRASTRUCTURE);
        apply(TAKE);
        now = now.plusSeconds(15);
        step(new Sweep(), Cause.WORKER_LOST, "w", "[provisioning] the worker was lost (2 attempts have failed)", Kind.INFRASTRUCTURE);
    }

    @Test
    void anAttemptThatFailedSaysWhyAndWhoseFailureItWasThoughTheRunGoesOn() {
        apply(new Submit(false), TAKE);
        step(new Report("w", 1, LOST), Cause.FAILED, "w", "the engine went away", Kind.INFRASTRUCTURE);
        nothing(new Report("w", 1, LOST));
        apply(TAKE);
        step(new Report("w", 2, LOST), Cause.REPORTED, "w", "the engine went away", Kind.INFRASTRUCTURE);
    }

    @Test
    void aRunThatTookTooLongIsToldFromALostOne() {
        apply(new Submit(false), TAKE);
        now = now.plus(Duration.ofHours(1));
        step(new Sweep(), Cause.OUT_OF_TIME, "w", "[provisioning] the environment took longer to get ready than it may",
                Kind.INFRASTRUCTURE);
    }

    @Test
    void aCancellationNamesItsUserWhetherTheRunWaitsOrGoesOn() {
        apply(new Submit(false), TAKE);
        step(new Cancel(user), Cause.CANCEL, user.toString(), null);
        nothing(new Cancel(user));
        step(new Report("w", 1, Ending.CANCELLED), Cause.REPORTED, "w", null);
        begin();
        apply(new Submit(false));
        step(new Cancel(user), Cause.CANCEL, user.toString(), null);
        begin();
        step(new Submit(true), Cause.CANCELLED_AHEAD, null, null);
        begin();
        step(new Cancel(user), Cause.CANCEL, user.toString(), null);
        step(new Enter(), Cause.CANCELLED_AHEAD, null, null);
    }

    @Test
    void whatAClientDrivesEndsByItsWordOrItsSilence() {
        step(new Claim(), Cause.NAMED, null, null);
        step(new Enter(), Cause.ENTERED, null, null);
        nothing(new Enter());
        step(new Exit(GRADED), Cause.EXITED, null, null);
        step(new Enter(), Cause.ENTERED, null, null);
        now = now.plus(Duration.ofHours(2));
        step(new Sweep(), Cause.RESTORED, null, null);
        begin();
        apply(new Enter());
        now = now.plus(Duration.ofHours(2));
        step(new Sweep(), Cause.ABANDONED, null, null);
        step(new Exit(GRADED), Cause.EXITED, null, null);
    }

    private void begin() {
        state = new Unknown();
    }

    private void apply(RunCommand... commands) {
        for (var command : commands) {
            state = rules.decide(state, command, now).next();
        }
    }

    private void step(RunCommand command, Cause cause, @Nullable String who, @Nullable String detail) {
        step(command, cause, who, detail, null);
    }

    private void step(RunCommand command, Cause cause, @Nullable String who, @Nullable String detail, @Nullable Kind failure) {
        var before = state;
        apply(command);
        assertThat(Transition.of(before, command, state)).isEqualTo(new Transition(cause, who, detail, failure));
    }

    private void nothing(RunCommand command) {
        var before = state;
        apply(command);
        assertThat(Transition.of(before, command, state)).isNull();
    }
}
