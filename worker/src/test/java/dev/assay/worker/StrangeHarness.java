// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
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
            case String other -> throw new IllegalArgumentException(other);
        }
    }
}
