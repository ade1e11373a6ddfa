// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.HeldEnvironments;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Opens to a worker what it holds and nothing else: runs and sessions, as job-service knows them, and builds, as they stand here. */
@Component
class WorkersDoor {

    private final RestClient jobs;
    private final JdbcClient jdbc;

    WorkersDoor(InternalRest rest, @Value("${assay.job-url}") String jobUrl, JdbcClient jdbc) {
        this.jobs = rest.forService(jobUrl, "job-service");
        this.jdbc = jdbc;
    }

    /** @throws Problem 403 unless the worker holds a run or a session of that environment */
    void require(Caller caller, TeamId team, EnvironmentName name) {
        if (!holds(caller.requireWorker(), team, name)) {
            throw Problem.forbidden("This worker holds no run and no session of environment '" + name + "'.");
        }
    }

    /** @throws Problem 403 unless the worker holds a build of that version, or a run or a session of its environment */
    void require(Caller caller, TeamId team, EnvironmentName name, VersionId version) {
        if (!builds(caller.requireWorker(), version)) {
            require(caller, team, name);
        }
    }

    private boolean builds(String worker, VersionId version) {
        return jdbc.sql("""
                        select exists (select from builds
                            where version_id = :version and worker = :worker and status = 'IN_PROGRESS' and lease_until > now())""")
                .param("version", version.value())
                .param("worker", worker)
                .query(Boolean.class)
                .single();
    }

    private boolean holds(String worker, TeamId team, EnvironmentName name) {
        try {
            var held = jobs.get()
                    .uri("/internal/work/environments?worker={worker}&team={team}", worker, team)
                    .retrieve()
                    .body(HeldEnvironments.class);
            return held != null && held.names().contains(name.value());
        } catch (RestClientException e) {
            throw Problem.unavailable("Nobody can say just now what this worker holds. Try again.");
        }
    }
}
