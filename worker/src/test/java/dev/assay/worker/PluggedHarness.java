// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import java.util.Set;

/** An agent that only {@code META-INF/services} names, as that of somebody else's jar. */
public final class PluggedHarness implements Harness {

    @Override
    public String type() {
        return "plugged";
    }

    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    @Override
    public AgentResult run(AgentRun run) {
        return AgentResult.completed(run.config().path("says").asString(), "done");
    }
}
