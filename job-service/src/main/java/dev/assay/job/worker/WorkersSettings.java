// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** What holds for workers. {@code job-service.yml} explains each. */
@ConfigurationProperties("assay.workers")
record WorkersSettings(@DefaultValue("false") boolean administrators, String gatewayUrl, String environmentUrl) {

    /** Workers work for all teams: who is of one does not rule over them, unless the operator says so. */
    boolean mayManage(Caller caller) {
        return caller.role() == Role.OPERATOR || administrators && caller.role() == Role.ADMINISTRATOR;
    }

    void requireManager(Caller caller) {
        if (!mayManage(caller)) {
            throw Problem.forbidden("Workers work for all teams: the operator manages them, below /v2/admin/job-service/workers; "
                    + "with ASSAY_WORKERS_ADMINISTRATORS=true administrators of teams do, too.");
        }
    }
}
