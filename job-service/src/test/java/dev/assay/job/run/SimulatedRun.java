// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.UserId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Rerun;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Numbers;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Terms;
import dev.assay.job.run.RunState.Unknown;
import dev.assay.job.run.SimulatedService.Job;
import dev.assay.job.run.SimulatedWorker.Attempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A run, with its client. */
final class SimulatedRun extends Piece {

    private static final Retries RETRIES = new Retries(Map.of(Kind.GRADER, 1, Kind.MODEL, 3));
    private static final UserId USER = new UserId(new UUID(0, 1));
    private static final int GRACE = 30;

    private final boolean isLimited;
    private final List<Integer> ends = new ArrayList<>();
    private RunState state = new Unknown();
    private int queuedAgain;
    private boolean cancelAccepted;
    private @Nullable Instant endsBy;
    private @Nullable Ending accepted;

    SimulatedRun(World world, Job job, Needs needs) {
        super(world, job.flow(), needs);
        this.isLimited = world.below(4) == 0;
    }

    void isSubmittedAndPerhapsCancelledOrRunAgain() {
        world.sendUntilAnswered(5, () -> true, answered -> {
            if (tell(new Submit(false)).next() instanceof Queued && endsBy == null && state.numbers().equals(Numbers.NONE)) {
                limit();
            }
            world.send(answered);
        });
        if (world.below(3) == 0) {
            world.at(100 + world.below(600), this::runAgain);
        }
        if (world.below(4) == 0) {
            // may overtake the submission
            world.at(world.below(60), () -> world.send(() -> {
                var before = state;
                if (tell(new Cancel()).answer() == Answer.DONE || before instanceof Unknown) {
                    cancelAccepted = true;
                }
            }));
        }
    }

    /** Whatever is over and has no grade: all that is counted of the run stays. */
    private void runAgain() {
        if (!cancelAccepted && tell(new Rerun(USER)).answer() == Answer.DONE) {
            queuedAgain++;
            accepted = null;
            limit();
        }
    }

    /** The time for the whole rollout begins when a run is queued, as it is written beside the run. */
    private void limit() {
        if (isLimited) {
            endsBy = world.clock().plusSeconds(1 + world.below(400));
            state = new Queued(state.numbers(), null, endsBy);
        }
    }

    @Override
    public void assertIsOver() {
        assertThat(state).as("%s is not lost", this).isInstanceOf(Finished.class);
        assertThat(ends).as("%s ended once each time that it was queued, each time with the next number", this)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 1 + queuedAgain).boxed().toList());
        var ending = ((Finished) state).ending();
        assertThat(state.numbers().losses()).as("%s had no more attempts than any failure has", this).isLessThanOrEqualTo(4);
        if (ending.kind() == Kind.INFRASTRUCTURE || ending.kind() == Kind.MODEL) {
            assertThat(ending.reward()).as("nobody's score of %s", this).isNull();
        }
        if (accepted != null || ending.reward() != null) {
            assertThat(ending).as("%s ended as was accepted, also if a cancellation was under way", this).isEqualTo(accepted);
        }
        if (cancelAccepted && ending.reward() == null) {
            assertThat(ending.status()).as("%s", this).isEqualTo(RunStatus.CANCELLED);
        }
        if (ending.status() == RunStatus.CANCELLED) {
            assertThat(cancelAccepted).as("somebody has cancelled %s", this).isTrue();
        }
    }

    private Decision tell(RunCommand command) {
        var before = state;
        var decision = SimulatedService.RULES.decide(before, command, world.clock());
        if (before instanceof Finished && !(command instanceof Rerun)) {
            assertThat(decision.next()).as("%s stays as it ended", this).isEqualTo(before);
        }
        if (decision.next() instanceof Finished finished && !finished.equals(before)) {
            ends.add(finished.numbers().revision());
        }
        var taken = command instanceof Take && decision.answer() == Answer.DONE ? 1 : 0;
        assertThat(decision.next().numbers().fence()).as("%s never has a number twice", this).isEqualTo(before.numbers().fence() + taken);
        if (before instanceof Held && decision.next() instanceof Queued queued && queued.numbers().losses() > before.numbers().losses()) {
            assertThat(queued.notBefore()).as("%s waits after a failure", this).isAfter(world.clock());
        }
        if (command instanceof Release release && release.failure() == null) {
            assertThat(decision.next().numbers().losses()).as("%s, given back, lost nobody", this).isEqualTo(before.numbers().losses());
        }
        state = decision.next();
        return decision;
    }

    // as its worker and the service see it

    @Override
    public void drive(Attempt attempt) {
        if (world.inTrouble() && world.below(12) == 0) {
            attempt.giveBack("no room");
            return;
        }
        // some take longer than they may
        attempt.later(world.below(10) == 0 ? 300 : 1 + world.below(40), () -> report(attempt, ending()));
    }

    /** Some fail: of the kinds some are tried again, and some are not. */
    private Ending ending() {
        if (world.below(4) > 0) {
            return new Ending(RunStatus.COMPLETED, "done", null, world.below(100) / 100.0);
        }
        var kind = Kind.values()[world.below(Kind.values().length)];
        return Ending.of(RunStatus.ERROR, null, new Failure(kind, null, "no"), world.below(2) == 0 ? 0.0 : null);
    }

    private void report(Attempt attempt, Ending ending) {
        attempt.tell(() -> {
            var answer = tell(new Report(attempt.worker(), attempt.number, ending)).answer();
            if (answer == Answer.DONE && state instanceof Finished) {
                var isCancelled = cancelAccepted && (ending.status() != RunStatus.COMPLETED || ending.reward() == null);
                assertThat(accepted).as("%s is graded once", this).isNull();
                accepted = isCancelled ? Ending.CANCELLED : ending;
            }
            return answer;
        }, attempt::close);
    }

    @Override
    public void clearUp(Attempt attempt) {
        report(attempt, Ending.CANCELLED);
    }

    @Override
    public void left(SimulatedWorker worker) {}

    @Override
    public String sort() {
        return "run";
    }

    @Override
    public RunState lease() {
        return state;
    }

    @Override
    public Object known() {
        return state;
    }

    @Override
    public boolean isUnwanted() {
        return state instanceof Held held && held.cancelling();
    }

    @Override
    public void take(String worker, @Nullable UUID ask) {
        assertThat(tell(new Take(worker, ask, new Terms(World.seconds(120), RETRIES))).answer()).isEqualTo(Answer.DONE);
    }

    @Override
    public Answer renew(Attempt attempt) {
        return tell(new Renew(attempt.worker(), attempt.number, Phase.RUNNING)).answer();
    }

    @Override
    public Answer release(String worker, int attempt, @Nullable String failure) {
        return tell(new Release(worker, attempt, failure)).answer();
    }

    @Override
    public void sweep() {
        tell(new Sweep());
        if (state instanceof Held held) {
            assertThat(held.expires()).as("%s is held by nobody who was lost", this).isAfter(world.clock());
        }
        if (endsBy != null && !(state instanceof Finished)) {
            assertThat(state instanceof Queued ? world.clock() : world.clock().minusSeconds(GRACE)).as("%s has no more time than it may", this)
                    .isBefore(endsBy);
        }
    }
}
