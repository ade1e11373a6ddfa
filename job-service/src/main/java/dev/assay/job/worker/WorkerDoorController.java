// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.contracts.internal.WorkerHello;
import dev.assay.contracts.internal.WorkerOrders;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.PublicKeys;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Where workers come in, and say what they do. */
@RestController
class WorkerDoorController {

    /** So long a revoked credential still opens at most. */
    private static final Duration GOOD = Duration.ofMinutes(2);

    private static final Set<String> STATES = Set.of("working", "draining", "drained", "closed", "stopping");
    private static final int MOST = 100;

    private final Workers workers;
    private final Credentials credentials;
    private final InternalTokens tokens;
    private final WorkersSettings settings;
    private final Path believed;

    WorkerDoorController(
            Workers workers, Credentials credentials, InternalTokens tokens, WorkersSettings settings,
            @Value("${assay.keys.public}") Path believed) {
        this.workers = workers;
        this.credentials = credentials;
        this.tokens = tokens;
        this.settings = settings;
        this.believed = believed;
    }

    /** The credential is looked at here: no token comes with it. */
    @PostMapping("/internal/workers/hello")
    @AdmitsAnybody
    WorkerHello hello(@RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String bearer) throws IOException {
        var prefix = "Bearer " + Credentials.PREFIX;
        if (bearer == null || !bearer.startsWith(prefix)) {
            throw Problem.unauthorized("A worker's credential is asked for here, as bearer.");
        }
        var name = credentials.nameOf(bearer.substring("Bearer ".length()))
                .orElseThrow(() -> Problem.unauthorized("This credential opens nothing: it is none, or it was revoked."));
        var full = WorkerHello.PREFIX + name;
        return new WorkerHello(
                name,
                Map.of(
                        "job-service", tokens.lend(full, "job-service", GOOD),
                        "environment-service", tokens.lend(full, "environment-service", GOOD)),
                GOOD.toMillis(),
                settings.gatewayUrl(),
                settings.environmentUrl(),
                PublicKeys.of("gateway-service", believed)); // it alone comes to a worker, with tunnels
    }

    @PostMapping("/internal/workers/report")
    @Admits(Role.WORKER)
    WorkerOrders report(Caller caller, @RequestBody WorkerReport report) {
        return new WorkerOrders(workers.reports(caller.requireWorker(), storable(report)));
    }

    private static WorkerReport storable(WorkerReport report) {
        if (!STATES.contains(Told.required("state", report.state()))) {
            throw Problem.badRequest("state", "'" + report.state() + "' is none of " + STATES.stream().sorted().toList());
        }
        if (Told.required("kinds", report.kinds()).size() > MOST || Told.required("folders", report.folders()).size() > MOST) {
            throw Problem.badRequest("kinds, folders", "at most " + MOST);
        }
        var folders = new LinkedHashMap<String, Long>();
        report.folders().forEach((folder, bytes) -> folders.put(Told.requiredName("folders", folder), Told.required("folders", bytes)));
        return new WorkerReport(
                report.state(),
                Told.name("reason", report.reason()),
                Told.required("version", Told.name("version", report.version())),
                Told.requiredName("isolation", report.isolation()),
                report.kinds().stream().map(kind -> Told.requiredName("kinds", kind)).toList(),
                Told.required("capacity", report.capacity()),
                Told.required("holds", report.holds()),
                Told.required("spans", report.spans()),
                folders,
                report.gives());
    }
}
