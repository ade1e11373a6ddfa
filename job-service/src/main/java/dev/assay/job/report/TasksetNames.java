// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.job.Jobs;
import dev.assay.kit.rest.InternalRest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;

/** Finds out what a job's taskset is called, for lists. A job without that name is shown without it: nobody waits for the answer. */
@Component
class TasksetNames {

    private static final Logger log = LoggerFactory.getLogger(TasksetNames.class);

    private final InternalRest rest;
    private final String environmentUrl;
    private final Jobs jobs;

    TasksetNames(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl, Jobs jobs) {
        this.rest = rest;
        this.environmentUrl = environmentUrl;
        this.jobs = jobs;
    }

    void resolveAfterCommit(JobId job, TeamId team, String taskset) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                Thread.ofVirtual().name("taskset-name").start(() -> resolve(job, team, taskset));
            }
        });
    }

    private void resolve(JobId job, TeamId team, String taskset) {
        try {
            var found = rest.forTeam(environmentUrl, "environment-service", team)
                    .get()
                    .uri("/v2/tasksets/{taskset}", taskset)
                    .retrieve()
                    .body(JsonNode.class);
            var name = found == null ? "" : found.path("name").asString("");
            if (!name.isEmpty()) {
                jobs.nameTaskset(job, name);
            }
        } catch (RuntimeException e) {
            log.warn("taskset {} stays without a name: {}", taskset, e.toString());
        }
    }
}
