// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLog;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How a build is, what it says while it goes on, and an end to it. */
@Component
class WatchBuild {

    private final Builds builds;
    private final BuildLines lines;
    private final BuildWork work;
    private final BuildQueue queue;
    private final Fleet fleet;
    private final WorkSignal signal;

    WatchBuild(Builds builds, BuildLines lines, BuildWork work, BuildQueue queue, Fleet fleet, WorkSignal signal) {
        this.fleet = fleet;
        this.builds = builds;
        this.lines = lines;
        this.work = work;
        this.queue = queue;
        this.signal = signal;
    }

    Build now(BuildId id, TeamId team) {
        work.giveUpInterrupted();
        return builds.find(id, team).orElseThrow(() -> unknown(id));
    }

    /** Empty: it is in somebody's hands, or over, or nobody can say. */
    Optional<Waiting> waiting(Build build) {
        var waits = build.waits();
        return waits == null ? Optional.empty() : fleet.here().map(here -> Waiting.of(waits, here));
    }

    /** How it is once nobody works on it any more. */
    Build stop(BuildId id, TeamId team) {
        now(id, team);
        queue.stop(id);
        return now(id, team);
    }

    /** The lines after number {@code after}; waits for some while the build is in progress. Without a team: anybody's build. */
    BuildLog log(BuildId id, @Nullable TeamId team, int after, long waitMillis) throws InterruptedException {
        if (after < 0) {
            throw Problem.badRequest("after", "must not be negative");
        }
        return signal.until(
                () -> {
                    work.giveUpInterrupted();
                    var log = read(id, team, after);
                    return after == 0 && !isNews(log) && sayWhatItWaitsFor(id) ? read(id, team, after) : log;
                },
                WatchBuild::isNews,
                BuildSettings.waitOf(waitMillis));
    }

    /** Whoever deploys looks at the log, and at nothing else; said once. */
    private boolean sayWhatItWaitsFor(BuildId id) {
        return builds.waits(id)
                .flatMap(waits -> fleet.here().map(here -> Waiting.of(waits, here)))
                .filter(because -> !because.isTurn())
                .filter(because -> work.say(id, "waiting: " + because.detail()))
                .isPresent();
    }

    private BuildLog read(BuildId id, @Nullable TeamId team, int after) {
        return lines.read(id, team, after).orElseThrow(() -> unknown(id));
    }

    private static boolean isNews(BuildLog log) {
        return !log.lines().isEmpty() || !log.status().equals(BuildStatus.IN_PROGRESS.name());
    }

    private static Problem unknown(BuildId id) {
        return Problem.notFound("There is no build " + id + ".");
    }
}
