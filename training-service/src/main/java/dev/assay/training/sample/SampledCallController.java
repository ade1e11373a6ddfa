// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.sample;

import dev.assay.contracts.internal.SampledCall;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Hears from the gateway, which has asked the trainer and has not ended its answer yet. */
@RestController
@Admits(Role.SERVICE)
class SampledCallController {

    private final SampledCalls calls;

    SampledCallController(SampledCalls calls) {
        this.calls = calls;
    }

    @PostMapping("/internal/samples")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void told(@RequestBody SampledCall call) {
        if (call.output() != null && call.logprobs() != null && call.output().length != call.logprobs().length) {
            throw Problem.badRequest("logprobs", call.logprobs().length + " of them for " + call.output().length + " ids of the output");
        }
        calls.add(call);
    }
}
