// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says in words what is not offered yet, so that nobody looks for a wrong address. */
@Hidden
@RestController
class SessionController {

    @RequestMapping("/runtime/**")
    void notYet() {
        throw Problem.notFound(
                "This platform does not offer sandboxes to agents that run elsewhere yet. Run the whole rollout here: --runtime hosted.");
    }
}
