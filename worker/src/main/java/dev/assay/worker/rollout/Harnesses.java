// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure;
import dev.assay.sdk.agents.Harness;
import dev.assay.worker.sandbox.NotRunnableException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agents that this worker drives, by type. */
final class Harnesses {

    private static final Logger LOG = LoggerFactory.getLogger(Harnesses.class);

    private final Map<String, Harness> byType;

    /** @throws IllegalStateException if two are of one type: nobody could tell which of them a run had */
    Harnesses(Collection<Harness> all) {
        this.byType = all.stream().collect(Collectors.toUnmodifiableMap(Harness::type, Function.identity()));
        LOG.info("agents: {}", byType.keySet().stream().sorted().toList());
    }

    Harness of(String type) throws NotRunnableException {
        var harness = byType.get(type);
        if (harness == null) {
            throw new NotRunnableException(Failure.Kind.AGENT, "this worker drives no agent of type '" + type + "'");
        }
        return harness;
    }
}
