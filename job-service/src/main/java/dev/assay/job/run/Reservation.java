// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Waiting.Worker;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Room that is kept at one worker for work that has waited for it for too long, without clock or database: what the worker's own work leaves
 * behind, nobody else is given. There is one at a time: large work waits for its turn at it, and no more than one worker stands empty for it.
 *
 * @param work the id of the run or the session
 * @param worker that has least to wait for
 */
record Reservation(UUID work, Flow flow, Needs needs, String worker) {

    /** Work that was passed over. */
    record PassedOver(UUID id, Flow flow, Needs needs) {}

    /**
     * The same once it has waited for too long.
     *
     * @param session whether it is none of a job's runs
     * @param kept whether room was kept for it before
     * @param most how many of its job's runs may be held at once; null: any number
     */
    record Aged(PassedOver work, boolean session, boolean kept, @Nullable Integer most) {}

    /**
     * For whose room was kept before, until that is given out; else for the team's that holds the fewest, and of those for what has waited for longest:
     * if it may be given out, and a worker could hold it at all.
     * Which worker is decided anew each time: the one that is kept is given nothing that counts, so it comes nearer and nearer, and another takes its
     * place only by being nearer still.
     *
     * @param waiting since too long: those whose room was kept before first, then those that have waited for longest
     * @param workers that are here
     * @param held how many a team holds
     * @param limits whether they let one more of a flow be held, of so many of its job
     */
    static Optional<Reservation> of(
            List<Aged> waiting, List<Worker> workers, ToIntFunction<TeamId> held, BiPredicate<Flow, @Nullable Integer> limits) {
        return waiting.stream()
                .filter(one -> limits.test(one.work().flow(), one.most()))
                .sorted(Comparator.comparingInt(one -> one.kept() ? -1 : held.applyAsInt(one.work().flow().team())))
                .flatMap(one -> at(one.work(), one.session(), workers).stream())
                .findFirst();
    }

    private static Optional<Reservation> at(PassedOver work, boolean session, List<Worker> workers) {
        return workers.stream()
                .filter(worker -> worker.has(work.flow().runtime()) && worker.closed() == null && worker.most().holds(work.needs()))
                .filter(worker -> worker.hasPlacesFor(session))
                .min(Comparator.<Worker>comparingDouble(worker -> worker.left().missing(work.needs())).thenComparing(Worker::name))
                .map(worker -> new Reservation(work.id(), work.flow(), work.needs(), worker.name()));
    }

    /** What others may have of the room that its worker has left. */
    Room besides(Room left) {
        return left.keeping(needs);
    }
}
