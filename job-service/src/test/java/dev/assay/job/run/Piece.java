// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Queued;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A run or a session of a simulation: what the service knows of it, and what its worker does with it. */
public abstract class Piece {

    protected final World world;
    protected final UUID id;
    final Flow flow;
    final Needs needs;

    protected Piece(World world, Flow flow, Needs needs) {
        this.world = world;
        this.id = world.id();
        this.flow = flow;
        this.needs = needs;
    }

    /** Runs and sessions are asked for apart. */
    public abstract String sort();

    /** Where it stands. */
    public abstract RunState lease();

    /** All of what is known of it: what nobody may change who does not hold it. */
    public abstract Object known();

    public abstract void take(String worker, @Nullable UUID ask);

    public abstract Answer renew(SimulatedWorker.Attempt attempt);

    public abstract Answer release(String worker, int attempt, @Nullable String failure);

    /** Whether whoever holds it is to let go of it. */
    public abstract boolean isUnwanted();

    public abstract void sweep();

    /** What a worker does that has it. */
    public abstract void drive(SimulatedWorker.Attempt attempt);

    /** A worker has it that is told that nobody wants it any more. */
    public abstract void clearUp(SimulatedWorker.Attempt attempt);

    /** A worker has it no more. */
    public abstract void left(SimulatedWorker worker);

    /** After all. */
    public abstract void assertIsOver();

    protected final boolean isHeldBy(String worker, int attempt) {
        return lease() instanceof Held held && held.worker().equals(worker) && held.numbers().fence() == attempt;
    }

    final boolean mayBegin() {
        return lease() instanceof Queued queued && !since(queued).isAfter(world.clock());
    }

    final Instant since() {
        return lease() instanceof Queued queued ? since(queued) : Instant.MIN;
    }

    private static Instant since(Queued queued) {
        return Objects.requireNonNullElse(queued.notBefore(), Instant.MIN);
    }

    @Override
    public String toString() {
        return sort() + " " + id + " at " + world.now() + ": " + known();
    }
}
