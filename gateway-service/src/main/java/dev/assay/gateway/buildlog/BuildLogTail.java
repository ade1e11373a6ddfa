// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.buildlog;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLog;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.RestClientException;

/** Follows one build's log to its end. */
final class BuildLogTail {

    private static final Logger log = LoggerFactory.getLogger(BuildLogTail.class);
    private static final String UNDER_WAY = "IN_PROGRESS";
    private static final long PAUSE_MILLIS = 1000;

    private final BuildLogs builds;
    private final BuildId build;
    private final TeamId team;

    BuildLogTail(BuildLogs builds, BuildId build, TeamId team) {
        this.builds = builds;
        this.build = build;
        this.team = team;
    }

    /** Sends all of it, however long the build takes. False if the team has no such build. */
    boolean send(BuildLogFrames frames) throws IOException, InterruptedException {
        var next = 0;
        var status = "";
        while (true) {
            var answer = ask(next);
            if (answer == null) {
                Thread.sleep(PAUSE_MILLIS);
                continue;
            }
            if (answer.isEmpty()) {
                return false;
            }
            var news = answer.get();
            if (status.isEmpty()) {
                frames.status("Build " + build);
            }
            for (var line : news.lines()) {
                frames.log(line);
            }
            next = news.next();
            if (!news.status().equals(status)) {
                status = news.status();
                frames.statusUpdate(status);
            }
            if (!status.equals(UNDER_WAY) && news.lines().isEmpty()) {
                frames.complete(status);
                return true;
            }
        }
    }

    /** Null while environment-service cannot answer: a restart over there is no reason to break off here. */
    private @Nullable Optional<BuildLog> ask(int next) {
        try {
            return builds.after(next, build, team);
        } catch (RestClientException e) {
            log.warn("cannot read the log of build {} just now: {}", build, e.getMessage());
            return null;
        }
    }
}
