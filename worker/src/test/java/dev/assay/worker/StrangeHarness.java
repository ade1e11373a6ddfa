// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** A stand-in for agents that go wrong in ways that are this worker's fault. */
@Component
class StrangeHarness implements Harness {

    @Override
    public String type() {
        return "strange";
    }

    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    @Override
    public AgentResult run(AgentRun run) throws Exception {
        switch (run.config().path("does").asString()) {
            case "interrupt itself" -> throw new InterruptedException();
            case "break" -> throw new StackOverflowError();
            case "give up" -> throw new AgentFailedException("the tool broke", "3", Json.object().put("total_cost_usd", 0.5));
            case "answer and stumble" -> {
                run.steps().record(AgentStep.says("3", List.of(), "m"), null, Instant.now());
                throw new IllegalArgumentException("stumble");
            }
            case String other -> throw new IllegalArgumentException(other);
        }
    }
}
