// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildLine;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.environment.registry.Registry;
import dev.assay.environment.version.Manifest;
import dev.assay.environment.version.VersionCatalog;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.sealing.UnopenedException;
import dev.assay.kit.text.JsonText;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** What workers do with the builds that they hold: begin, report progress, give the verdict. */
@Component
@Transactional
class BuildWork {

    private final BuildQueue queue;
    private final BuildLines log;
    private final Registry registry;
    private final KnownTasks tasks;
    private final VersionCatalog versions;
    private final SecretBox secrets;
    private final BuildSettings settings;
    private final Clock clock;

    BuildWork(
            BuildQueue queue,
            BuildLines log,
            Registry registry,
            KnownTasks tasks,
            VersionCatalog versions,
            SecretBox secrets,
            BuildSettings settings,
            Clock clock) {
        this.queue = queue;
        this.log = log;
        this.registry = registry;
        this.tasks = tasks;
        this.versions = versions;
        this.secrets = secrets;
        this.settings = settings;
        this.clock = clock;
    }

    /** Ends the builds that too many workers have lost. Asked before anybody is told how a build is. */
    boolean giveUpInterrupted() {
        return !queue.giveUp(settings.maxAttempts()).isEmpty();
    }

    /**
     * What the worker that has taken it needs to build it.
     *
     * @throws UnopenedException if what the deployer entrusted to the platform for it cannot be read
     */
    BuildLease begin(BuildQueue.Taken taken, String worker) {
        if (taken.attempt() > 1) {
            var held = queue.renew(taken.build(), worker, taken.attempt(), settings.lease())
                    .orElseThrow(() -> lost(taken.build(), taken.attempt()));
            var note = "The worker was lost, or stopped; attempt " + taken.attempt() + " begins.";
            log.append(taken.build(), held.lineCount(), List.of(new BuildLine(clock.instant(), note)));
        }
        var version = versions.require(taken.version());
        var config = version.runtimeConfig();
        return new BuildLease(
                taken.build(),
                taken.version(),
                taken.team(),
                version.declaredName(),
                taken.attempt(),
                settings.lease().toMillis(),
                version.contextSha256(),
                registry.variables(taken.environment()),
                secrets.open(taken.sealedBuildArgs(), taken.build()),
                secrets.open(taken.sealedBuildSecrets(), taken.build()),
                taken.noCache(),
                config == null ? null : JsonMapper.shared().readTree(config),
                tasks.of(taken.team(), version.declaredName()).orElse(null));
    }

    /** Puts a first line into the log of a build that waits; false if somebody has it by now, or it has one. */
    boolean say(BuildId build, String line) {
        if (!queue.lockUnheard(build)) {
            return false;
        }
        log.append(build, 0, List.of(new BuildLine(clock.instant(), line)));
        return true;
    }

    /** Keeps the new lines and renews the lease; lines that came before are told by their number and left out. */
    long progress(BuildId build, String worker, BuildProgress progress) {
        var held = queue.renew(build, worker, progress.attempt(), settings.lease())
                .orElseThrow(() -> lost(build, progress.attempt()));
        int known = Math.clamp(held.attemptLines() - progress.firstLine(), 0, progress.lines().size());
        log.append(build, held.lineCount(), progress.lines().subList(known, progress.lines().size()));
        queue.reported(build, Math.max(held.attemptLines(), progress.firstLine() + progress.lines().size()));
        return settings.lease().toMillis();
    }

    /** A worker that failed loses it: its lease runs out, as if it had died. */
    void release(BuildId build, String worker, LeaseRelease release) {
        if (release.failure() == null && !queue.release(build, worker, release.attempt())) {
            throw lost(build, release.attempt());
        }
    }

    void finish(BuildId build, String worker, BuildOutcome outcome) {
        var manifest = outcome.manifest();
        var error = outcome.succeeded() ? Manifest.fault(manifest) : Optional.ofNullable(outcome.error()).orElse("the build failed");
        var verdict = error == null ? BuildStatus.SUCCEEDED : BuildStatus.FAILED;
        var finished = queue.finish(build, worker, outcome.attempt(), verdict, error == null ? null : BuildLines.storable(error));
        if (finished.isEmpty()) {
            if (queue.finishedBy(build, worker, outcome.attempt())) {
                return;
            }
            throw lost(build, outcome.attempt());
        }
        if (verdict == BuildStatus.SUCCEEDED && manifest != null) {
            var version = versions.require(finished.get().version());
            var now = clock.instant();
            var services = outcome.services();
            version.built(
                    JsonText.of(JsonMapper.shared(), manifest),
                    outcome.image(),
                    services == null ? null : JsonMapper.shared().writeValueAsString(services.images()),
                    services == null ? null : services.engine(),
                    now);
            registry.lock(finished.get().environment()).built(version.id(), version.number(), build, now);
        }
    }

    private static Problem lost(BuildId build, int attempt) {
        return Problem.conflict("Attempt " + attempt + " no longer holds build " + build + ".");
    }
}
