// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Needs;
import dev.assay.job.run.Piece;
import dev.assay.job.run.RunState;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.SimulatedService;
import dev.assay.job.run.SimulatedWorker;
import dev.assay.job.run.SimulatedWorker.Attempt;
import dev.assay.job.run.World;
import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Fail;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Ready;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.End;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A session, with its client: it knocks until it is led in, stays for a while, and goes, with a word or without one. Some never come. */
final class SimulatedSession extends Piece {

    private static final int IDLE = 10;
    private static final int UNUSED = 300;
    private static final int LONGEST = 900;
    private static final SessionRules RULES =
            new SessionRules(SimulatedService.RULES, World.seconds(IDLE), World.seconds(UNUSED), World.seconds(LONGEST));

    /** From when a client is gone until its sandbox is, where nothing goes wrong: a renewal, the limit, a sweep and a renewal. */
    private static final int PROMPT = 4 + IDLE + 1 + 4 + 2;

    private final Set<Cause> reasons = new HashSet<>();
    private final boolean atPeace;
    private SessionState state;
    private @Nullable Instant lastSign;
    private @Nullable SimulatedWorker at;
    private @Nullable Attempt serving;
    private boolean gone;

    SimulatedSession(World world, TeamId team, JobId version, Needs needs) {
        super(world, new Flow(team, version, "process", ""), needs);
        this.state = SessionState.openedAt(world.clock());
        this.atPeace = !world.inTrouble();
        if (world.below(6) == 0) {
            gone = true; // killed before it ever knocked
        } else {
            knock();
            world.at(20 + world.below(200), this::leave);
        }
    }

    private void knock() {
        if (gone || at != null) {
            return;
        }
        world.send(() -> {
            tell(new Knock());
            if (state.text().equals("ready") && state.lease() instanceof Held held) {
                var fence = held.numbers().fence();
                world.send(() -> comeIn(held.worker(), fence));
            }
        });
        world.at(4, this::knock);
    }

    private void comeIn(String worker, int fence) {
        if (!gone && at == null && serving != null && serving.worker().equals(worker) && serving.at().holds(this, fence)) {
            at = serving.at();
        }
    }

    private void leave() {
        if (world.below(8) == 0 && !atPeace) {
            return; // it stays for ever
        }
        gone = true;
        at = null;
        var wasReady = state.text().equals("ready");
        if (world.below(2) == 0) {
            world.send(() -> {
                reasons.add(Cause.DELETED);
                tell(new Delete(UserId.random()));
            });
        }
        if (atPeace && wasReady) {
            world.at(PROMPT, () -> {
                assertThat(state.lease()).as("%s is over soon", this).isInstanceOf(Finished.class);
                assertThat(serving).as("the sandbox of %s is gone", this).isNull();
            });
        }
    }

    @Override
    public void assertIsOver() {
        assertThat(state.lease()).as("%s is not forgotten", this).isInstanceOf(Finished.class);
        assertThat(state.lease().numbers().losses()).isLessThanOrEqualTo(3);
        assertThat(reasons).as("%s ended for a reason that there was", this).contains(state.end().cause());
        assertThat(serving).as("nobody holds anything of %s any more", this).isNull();
    }

    private Answer tell(SessionCommand command) {
        var before = state;
        var time = world.clock();
        var decision = RULES.decide(before, command, time);
        state = decision.next();
        assertThat(decision.step() != null).as("%s tells each of its steps, and nothing else", this)
                .isEqualTo(state.lease().status() != before.lease().status());
        assertIsLawful(before, command, decision.answer(), time);
        if (command instanceof Knock || command instanceof Renew renew && renew.tunnels() > 0 && decision.answer() == Answer.DONE) {
            lastSign = lastSign != null && lastSign.isAfter(time) ? lastSign : time;
        }
        return decision.answer();
    }

    private void assertIsLawful(SessionState before, SessionCommand command, Answer answer, Instant time) {
        if (before.lease() instanceof Finished) {
            assertThat(state).as("%s stays as it ended", this).isEqualTo(before);
        }
        if (before.end() != null) {
            assertThat(state.end()).as("%s has one end", this).isEqualTo(before.end());
            assertThat(state.lease()).as("%s is given to nobody any more", this).isNotInstanceOf(Queued.class);
        }
        if (answer != Answer.DONE) {
            assertThat(state).as("who is not heard changes nothing of %s", this).isEqualTo(before);
        }
        var taken = command instanceof Take && answer == Answer.DONE ? 1 : 0;
        assertThat(state.lease().numbers().fence()).as("%s never has a number twice", this).isEqualTo(before.lease().numbers().fence() + taken);
        if (before.text().equals("ready")) {
            assertThat(state.text()).as("%s: where somebody may have been is nobody sent to twice", this).isIn("ready", "ended");
        }
        if (command instanceof Release release && release.failure() == null) {
            assertThat(state.lease().numbers().losses()).as("%s, given back, lost nobody", this).isEqualTo(before.lease().numbers().losses());
        }
        if (command instanceof Sweep && answer == Answer.DONE) {
            assertThat(RULES.due(before)).as("a sweep was due for %s", this).isBeforeOrEqualTo(time);
        }
        if (state.end() != null && before.end() == null) {
            assertEndIsEarned(before, state.end(), time);
        }
    }

    private void assertEndIsEarned(SessionState before, End ended, Instant time) {
        switch (ended.cause()) {
            case IDLE -> {
                assertThat(lastSign).as("%s had been used", this).isBeforeOrEqualTo(time.minusSeconds(IDLE));
                assertThat(before.tunnels()).as("nobody is in %s", this).isZero();
            }
            case UNUSED -> {
                assertThat(lastSign == null ? before.opened() : lastSign).as("%s had the time", this).isBeforeOrEqualTo(time.minusSeconds(UNUSED));
                assertThat(lastSign != null && before.address() != null).as("%s was used", this).isFalse();
            }
            case LIFETIME -> assertThat(before.opened()).isBeforeOrEqualTo(time.minusSeconds(LONGEST));
            case DELETED, ENVIRONMENT, WORKER -> {
                return; // as was told, see reasons
            }
        }
        reasons.add(ended.cause());
    }

    // as its worker and the service see it

    @Override
    public void drive(Attempt attempt) {
        serving = attempt;
        attempt.later(1 + world.below(20), () -> {
            if (world.inTrouble() && world.below(10) == 0) {
                attempt.giveBack("no room");
            } else if (world.below(12) == 0) {
                var failure = new Failure(Kind.ENVIRONMENT, null, "no licence");
                attempt.tell(() -> heard(attempt, Cause.ENVIRONMENT, new Fail(attempt.worker(), attempt.number, failure)), attempt::close);
            } else {
                attempt.tell(() -> tell(new Ready(attempt.worker(), attempt.number, "http://" + attempt.worker())), () -> {});
            }
        });
    }

    private Answer heard(Attempt attempt, Cause cause, SessionCommand word) {
        if (isHeldBy(attempt.worker(), attempt.number)) {
            reasons.add(cause);
        }
        return tell(word);
    }

    @Override
    public void clearUp(Attempt attempt) {
        attempt.giveBack(null);
    }

    @Override
    public void left(SimulatedWorker worker) {
        if (serving != null && serving.at() == worker) {
            serving = null;
        }
        if (at == worker) {
            at = null; // the tunnel's other end is gone, which its reader sees
            knock();
        }
    }

    @Override
    public String sort() {
        return "session";
    }

    @Override
    public RunState lease() {
        return state.lease();
    }

    @Override
    public Object known() {
        return state;
    }

    @Override
    public boolean isUnwanted() {
        return state.end() != null;
    }

    @Override
    public void take(String worker, @Nullable UUID ask) {
        assertThat(tell(new Take(worker, ask))).isEqualTo(Answer.DONE);
    }

    @Override
    public Answer renew(Attempt attempt) {
        var tunnels = at == attempt.at() && attempt.at().holds(this, attempt.number) ? 1 : 0;
        return tell(new Renew(attempt.worker(), attempt.number, tunnels));
    }

    @Override
    public Answer release(String worker, int attempt, @Nullable String failure) {
        if (isHeldBy(worker, attempt)) {
            reasons.add(Cause.WORKER);
        }
        return tell(new Release(worker, attempt, failure));
    }

    @Override
    public void sweep() {
        var due = RULES.due(state);
        if (due != null && !world.clock().isBefore(due)) {
            if (state.lease() instanceof Held held && !world.clock().isBefore(held.expires())) {
                reasons.add(Cause.WORKER);
            }
            assertThat(tell(new Sweep())).as("what is due of %s is done", this).isEqualTo(Answer.DONE);
        }
    }
}
