// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Limits;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why a queued run has no worker yet. Without clock or database: of what the dispatcher goes by, the first thing that keeps it back. */
public record Waiting(
        @Schema(
                        description =
                                """
                                `retry`: an attempt has failed, the next one is not due. `paused`: its job is. `no_worker`: none is here. `no_runtime`: none that \
                                is here has the runtime that it needs. `closed`: those that have it take no work. `too_large`: none of them has so much at \
                                all. `job_limit`, `team_limit`, `model_limit`: its job, team or model has as many runs going on as it may. `no_room`: \
                                what it asks for is taken. `no_place`: all places are. `turn`: it is about to be given out, or others are before it.""",
                        allowableValues = {
                            "retry", "paused", "no_worker", "no_runtime", "closed", "too_large", "job_limit", "team_limit", "model_limit", "no_room",
                            "no_place", "turn"
                        })
                String reason,
        @Schema(description = "The same for people, with the numbers.") String detail) {

    /**
     * What is known of the run, or of the session, which is of no job and no model.
     *
     * @param paused whether its job is
     * @param most how many of its job's runs may be held at once; null: any number
     */
    record OfRun(
            UUID id, TeamId team, JobId job, String runtime, String model, Needs needs, @Nullable Instant notBefore, boolean paused, @Nullable Integer most,
            boolean session) {

        private String word() {
            return session ? "sessions" : "runs";
        }
    }

    /**
     * Of a worker.
     *
     * @param most null: it does not tell
     * @param held how many are taken
     */
    record Places(@Nullable Integer most, int held) {

        private boolean isLeft() {
            return most == null || held < most;
        }
    }

    /**
     * A worker that is here.
     *
     * @param runtimes null: it does not tell, and is given any
     * @param closed why it takes no work; null: it does
     * @param most what its machine has; {@link Room#ANY} if it does not tell
     * @param left the same beside what it holds
     */
    record Worker(
            String name, @Nullable Set<String> runtimes, @Nullable String closed, Places runs, Places sessions, Room most, Room left) {

        boolean has(String runtime) {
            return runtimes == null || runtimes.contains(runtime);
        }

        private Places places(boolean session) {
            return session ? sessions : runs;
        }

        /** Whether it asks for such work at all. */
        boolean hasPlacesFor(boolean session) {
            var all = places(session).most();
            return all == null || all > 0;
        }
    }

    /**
     * What there is for all runs.
     *
     * @param held how many runs are held, by team, job, and model
     * @param kept room that nobody else is given; null: none is
     */
    record Present(List<Worker> workers, Map<Object, Integer> held, Limits limits, @Nullable Reservation kept) {

        private boolean isKeptFor(OfRun run) {
            return kept != null && kept.work().equals(run.id());
        }

        private Room left(Worker worker, OfRun run) {
            return kept == null || isKeptFor(run) || !kept.worker().equals(worker.name()) ? worker.left() : kept.besides(worker.left());
        }

        private int held(Object of) {
            return held.getOrDefault(of, 0);
        }
    }

    static Waiting of(OfRun run, Present present, Instant now) {
        if (run.notBefore() != null && now.isBefore(run.notBefore())) {
            return new Waiting("retry", "its last attempt has failed; the next one begins at " + run.notBefore() + " at the earliest");
        }
        if (run.paused()) {
            return new Waiting("paused", "its job is paused");
        }
        if (present.workers().isEmpty()) {
            return new Waiting("no_worker", "no worker is here");
        }
        var able = some(present.workers(), worker -> worker.has(run.runtime()));
        if (able.isEmpty()) {
            return new Waiting("no_runtime", "no worker that is here has runtime '" + run.runtime() + "'");
        }
        var open = some(able, worker -> worker.closed() == null);
        if (open.isEmpty()) {
            return new Waiting("closed", "no worker with runtime '" + run.runtime() + "' takes work: "
                    + able.stream().map(worker -> worker.name() + " is " + worker.closed()).limit(5).collect(Collectors.joining(", ")));
        }
        var large = some(open, worker -> worker.most().holds(run.needs()));
        if (large.isEmpty()) {
            return new Waiting("too_large", "no worker that takes work has " + text(run.needs()));
        }
        var limited = limited(run, present);
        if (limited != null) {
            return limited;
        }
        var roomy = some(large, worker -> present.left(worker, run).holds(run.needs()));
        if (roomy.isEmpty()) {
            return new Waiting("no_room", "no worker has room for " + text(run.needs()) + " beside what it holds" + kept(run, present));
        }
        if (roomy.stream().noneMatch(worker -> worker.places(run.session()).isLeft())) {
            return new Waiting("no_place", "all places of the workers that could run it are taken: "
                    + roomy.stream().mapToInt(worker -> worker.places(run.session()).held()).sum() + " " + run.word() + " go on there");
        }
        return new Waiting("turn", "it is about to be given out, or other " + run.word() + " are before it");
    }

    private static String kept(OfRun run, Present present) {
        if (present.kept() == null) {
            return "";
        }
        return present.isKeptFor(run)
                ? "; what gets free at worker '" + present.kept().worker() + "' is kept for it"
                : ", or keeps for what has waited for longer";
    }

    private static @Nullable Waiting limited(OfRun run, Present present) {
        if (run.most() != null && present.held(run.job()) >= run.most()) {
            return new Waiting("job_limit", "its job has as many runs going on as it may (max_concurrent): " + run.most());
        }
        var ofTeams = present.limits().of(run.team());
        if (ofTeams != null && present.held(run.team()) >= ofTeams) {
            return new Waiting("team_limit", "its team has as many runs and sessions going on as it may: " + ofTeams);
        }
        var ofModel = present.limits().of(run.model());
        if (ofModel != null && present.held(run.model()) >= ofModel) {
            return new Waiting("model_limit", "as many runs go on with model '" + run.model() + "' as may, of all teams: " + ofModel);
        }
        return null;
    }

    private static List<Worker> some(List<Worker> workers, Predicate<Worker> which) {
        return workers.stream().filter(which).toList();
    }

    private static String text(Needs needs) {
        var parts = new ArrayList<String>();
        if (needs.cpus() > 0) {
            parts.add((needs.cpus() == Math.rint(needs.cpus()) ? String.valueOf((long) needs.cpus()) : String.valueOf(needs.cpus())) + " processors");
        }
        if (needs.memoryMb() > 0) {
            parts.add(needs.memoryMb() + " MiB of memory");
        }
        if (needs.gpus() > 0) {
            parts.add(needs.gpus() + " graphics processors");
        }
        return String.join(", ", parts);
    }
}
