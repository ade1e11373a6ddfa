// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.FairOrder.Limits;
import dev.assay.job.run.Waiting.OfRun;
import dev.assay.job.run.Waiting.Places;
import dev.assay.job.run.Waiting.Present;
import dev.assay.job.run.Waiting.Worker;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WaitingTests {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final Room MACHINE = new Room(8, 8, 32_000, 1);

    static final UUID RUN = new UUID(0, 1);

    final TeamId team = TeamId.random();
    final JobId job = JobId.random();

    @Test
    void whatKeepsItBackForLongestIsToldFirst() {
        var one = worker("one", "process", null, 0, MACHINE);
        assertThat(told(run("docker", Needs.NONE), one)).isEqualTo("no_runtime: no worker that is here has runtime 'docker'");
        assertThat(told(run("process", Needs.NONE))).isEqualTo("no_worker: no worker is here");
        assertThat(told(run("process", Needs.NONE), worker("one", "process", "draining", 0, MACHINE)))
                .isEqualTo("closed: no worker with runtime 'process' takes work: one is draining");
        assertThat(told(run("process", new Needs(2, 64_000, 0)), one))
                .isEqualTo("too_large: no worker that takes work has 2 processors, 64000 MiB of memory");
        assertThat(told(run("process", Needs.NONE), one)).startsWith("turn:");
    }

    @Test
    void ofWhatGoesOnItIsToldWhoseLimitOrWhoseRoomIsTaken() {
        var full = worker("one", "process", null, 2, MACHINE);
        assertThat(told(run("process", Needs.NONE), full)).isEqualTo("no_place: all places of the workers that could run it are taken: 2 runs go on there");
        assertThat(told(run("process", new Needs(0.5, 0, 0)), worker("one", "process", null, 1, new Room(0, 8, 32_000, 1))))
                .isEqualTo("no_room: no worker has room for 0.5 processors beside what it holds");
        var limits = new Limits(3, Map.of(), Map.of("m", 4));
        assertThat(because(run("process", Needs.NONE), Map.of(job, 2), limits, full)).isEqualTo("job_limit: its job has as many runs going on as it may (max_concurrent): 2");
        assertThat(because(run("process", Needs.NONE), Map.of(team, 3), limits, full)).startsWith("team_limit:").endsWith(": 3");
        assertThat(because(run("process", Needs.NONE), Map.of("m", 4), limits, full)).startsWith("model_limit:").contains("'m'").endsWith(": 4");
    }

    @Test
    void whatIsKeptForARunIsToldToItAndToThoseWhoDoNotGetIt() {
        var one = worker("one", "process", null, 1, new Room(8, 8, 8_000, 1));
        var flow = new Flow(team, job, "process", "m");
        var large = new Needs(0, 30_000, 0);
        var present = new Present(List.of(one), Map.of(), Limits.NONE, new Reservation(RUN, flow, large, "one"));
        assertThat(Waiting.of(run("process", large), present, NOW).detail()).endsWith("; what gets free at worker 'one' is kept for it");
        var others = new Present(List.of(one), Map.of(), Limits.NONE, new Reservation(new UUID(0, 2), flow, large, "one"));
        assertThat(Waiting.of(run("process", new Needs(0, 1_000, 0)), others, NOW).detail())
                .isEqualTo("no worker has room for 1000 MiB of memory beside what it holds, or keeps for what has waited for longer");
    }

    @Test
    void aSessionHasPlacesOfItsOwn() {
        var session = new OfRun(RUN, team, job, "process", "", Needs.NONE, null, false, null, true);
        assertThat(told(session, worker("one", "process", null, 0, MACHINE)))
                .isEqualTo("no_place: all places of the workers that could run it are taken: 3 sessions go on there");
    }

    /** Of a machine of which nothing is known nothing is said. */
    @Test
    void aWorkerThatDoesNotTellIsGivenAny() {
        var silent = new Worker("old", null, null, new Places(null, 500), new Places(null, 0), Room.ANY, Room.ANY);
        assertThat(told(run("kubernetes", new Needs(900, 900_000, 9)), silent)).startsWith("turn:");
    }

    @Test
    void aPauseAndAnAttemptThatIsNotDueGoBeforeAllThatWorkersAre() {
        var later = new OfRun(RUN, team, job, "process", "m", Needs.NONE, NOW.plusSeconds(5), false, null, false);
        assertThat(told(later)).startsWith("retry: its last attempt has failed").contains("03:04:10");
        assertThat(told(new OfRun(RUN, team, job, "process", "m", Needs.NONE, NOW, true, null, false))).isEqualTo("paused: its job is paused");
    }

    private OfRun run(String runtime, Needs needs) {
        return new OfRun(RUN, team, job, runtime, "m", needs, null, false, 2, false);
    }

    private static Worker worker(String name, String runtime, String closed, int held, Room left) {
        return new Worker(name, Set.of(runtime), closed, new Places(2, held), new Places(3, 3), MACHINE, left);
    }

    private static String told(OfRun run, Worker... workers) {
        return because(run, Map.of(), Limits.NONE, workers);
    }

    private static String because(OfRun run, Map<Object, Integer> held, Limits limits, Worker... workers) {
        var waiting = Waiting.of(run, new Present(List.of(workers), held, limits, null), NOW);
        return waiting.reason() + ": " + waiting.detail();
    }
}
