// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLog;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How a build is, what it says while it goes on, and an end to it. */
@Component
class WatchBuild {

    private final Builds builds;
    private final BuildLines lines;
    private final BuildWork work;
    private final BuildQueue queue;
    private final WorkSignal signal;

    WatchBuild(Builds builds, BuildLines lines, BuildWork work, BuildQueue queue, WorkSignal signal) {
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
                    return read(id, team, after);
                },
                WatchBuild::isNews,
                BuildSettings.waitOf(waitMillis));
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
