// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.SimulatedService.Job;
import java.util.ArrayList;
import java.util.List;

/** Teams with jobs of all kinds: large ones, urgent ones, some with few places or a model that all want, one that brings more and more. */
public final class SimulatedTeams {

    /** Until then one team brings more than there is room for. */
    private static final int FLOOD_ENDS = 900;

    private final World world;
    private final SimulatedService service;
    public final List<TeamId> teams = new ArrayList<>();

    public SimulatedTeams(World world, SimulatedService service) {
        this.world = world;
        this.service = service;
        for (var number = 0; number < 3; number++) {
            teams.add(new TeamId(world.id()));
        }
    }

    public void begin() {
        for (var number = 0; number < 6; number++) {
            var model = number % 3 == 1 ? "scarce" : "m";
            var job = job(teams.get(number % 2), model, number % 3, number % 2 == 0 ? null : 1 + world.below(3));
            for (var run = 0; run < 4; run++) {
                submit(world.below(60), job, needs());
            }
            world.at(world.below(World.TROUBLE_ENDS), () -> trouble(job));
        }
        flood(job(teams.get(2), "m", 0, null));
    }

    private Job job(TeamId team, String model, int priority, Integer most) {
        var job = new Job(team, new JobId(world.id()), model, priority, most);
        service.jobs.put(job.id, job);
        return job;
    }

    /** Most ask for nothing, some for a little, some for nearly all that a worker has. */
    private Needs needs() {
        return switch (world.below(6)) {
            case 0 -> new Needs(0, 9_000 + world.below(7_000), 0);
            case 1 -> new Needs(1 + world.below(3), 1_000 + world.below(4_000), 0);
            default -> Needs.NONE;
        };
    }

    private void submit(int delay, Job job, Needs needs) {
        world.at(delay, () -> {
            var run = new SimulatedRun(world, job, needs);
            service.add(run);
            run.isSubmittedAndPerhapsCancelledOrRunAgain();
        });
    }

    private void trouble(Job job) {
        if (world.below(2) == 0) {
            job.paused = true;
            world.at(world.below(120), () -> job.paused = false);
        } else {
            job.most = 1 + world.below(4);
        }
    }

    private void flood(Job job) {
        submit(0, job, world.below(2) == 0 ? Needs.NONE : new Needs(0, 1_000 + world.below(3_000), 0));
        if (world.now() < FLOOD_ENDS) {
            world.at(5, () -> flood(job));
        }
    }
}
