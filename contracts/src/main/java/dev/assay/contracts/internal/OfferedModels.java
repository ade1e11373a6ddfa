// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /internal/models/offered}: what the gateway's upstreams say that they serve. Telling it twice changes nothing.
 *
 * @param team whose upstreams they are, and whose catalog alone shows their models; null: everybody's
 * @param upstreams all that are asked for their models: what any other once offered leaves the catalog
 * @param passing those of them that are there for a while only: what they offer hides nothing of the catalog
 * @param models by upstream, of those whose list could be had, whole. What the others offered stays as it is
 */
public record OfferedModels(@Nullable TeamId team, List<String> upstreams, List<String> passing, Map<String, List<Offer>> models) {

    /** A gateway of before says nothing of upstreams that pass, and has none. */
    public OfferedModels {
        passing = Objects.requireNonNullElse(passing, List.of());
    }

    /**
     * @param modelName the slug that agents send
     * @param name for people; null: the slug will do
     * @param provider the vendor, for people and for clients that choose their library by it
     * @param agentType the harness that drives it
     * @param upstreamModel what the upstream calls it
     * @param releasedAt when the upstream says that the model came out; null: it says nothing
     */
    public record Offer(
            String modelName, @Nullable String name, String provider, String agentType, String upstreamModel, @Nullable Instant releasedAt) {}
}
