// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildLog;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The door for workers, and for the gateway's live log. */
@RestController
@Admits(Role.WORKER)
@RequestMapping("/internal/builds")
class InternalBuildController {

    private final Dispatcher<BuildLease> dispatcher;
    private final BuildWork work;
    private final WatchBuild watch;
    private final WorkSignal signal;

    InternalBuildController(Dispatcher<BuildLease> dispatcher, BuildWork work, WatchBuild watch, WorkSignal signal) {
        this.dispatcher = dispatcher;
        this.work = work;
        this.watch = watch;
        this.signal = signal;
    }

    @PostMapping("/leases")
    ResponseEntity<BuildLease> lease(Caller caller, @RequestBody LeaseRequest request) throws InterruptedException {
        var ask = Objects.requireNonNullElseGet(request.ask(), UUID::randomUUID);
        return dispatcher.ask(new Question(caller.requireWorker(), ask, 1, kinds(request)), BuildSettings.waitOf(request.waitMillis())).stream()
                .findFirst()
                .map(ResponseEntity::ok)
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    /** What matters of them: all workers that can do the same wait as one. */
    private static Set<String> kinds(LeaseRequest request) {
        if (request.kinds() == null) {
            return Set.of();
        }
        return request.kinds().contains(Waiting.ENGINE) ? Set.of(Waiting.ENGINE) : Set.of("none");
    }

    @PostMapping("/{id}/progress")
    LeaseRenewed progress(Caller caller, @PathVariable BuildId id, @RequestBody BuildProgress progress) {
        var ttl = work.progress(id, caller.requireWorker(), progress);
        if (!progress.lines().isEmpty()) {
            signal.arrived();
        }
        return new LeaseRenewed(ttl, false);
    }

    @PostMapping("/{id}/release")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void release(Caller caller, @PathVariable BuildId id, @RequestBody LeaseRelease release) {
        work.release(id, caller.requireWorker(), release);
        signal.arrived();
    }

    @PostMapping("/{id}/outcome")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void outcome(Caller caller, @PathVariable BuildId id, @RequestBody BuildOutcome outcome) {
        work.finish(id, caller.requireWorker(), outcome);
        signal.arrived();
    }

    @Admits(Role.SERVICE)
    @GetMapping("/{id}/log")
    BuildLog log(
            @PathVariable BuildId id,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "0") long waitMillis,
            @RequestParam(required = false) @Nullable TeamId team)
            throws InterruptedException {
        return watch.log(id, team, after, waitMillis);
    }
}
