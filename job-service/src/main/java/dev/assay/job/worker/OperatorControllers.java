// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The same for the operator, who is of no team and comes by paths of his own. */
final class OperatorControllers {

    private static final String WORKERS = "/v2/admin/job-service/workers";

    private OperatorControllers() {}

    @RestController
    @Hidden
    @Admits(Role.OPERATOR)
    @RequestMapping(WORKERS)
    static class OfWorkers extends WorkerController {

        OfWorkers(Workers workers, HeldRuns held, WorkersSettings settings) {
            super(workers, held, settings);
        }

        @Override
        @GetMapping
        @Admits(Role.OPERATOR)
        WorkerList list(Caller caller) {
            return super.list(caller);
        }
    }

    @RestController
    @Hidden
    @Admits(Role.OPERATOR)
    @RequestMapping(WORKERS + "/credentials")
    static class OfCredentials extends CredentialController {

        OfCredentials(Credentials credentials, WorkersSettings settings) {
            super(credentials, settings);
        }
    }
}
