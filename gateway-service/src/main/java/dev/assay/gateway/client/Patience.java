// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How long the gateway waits for a client that sends slowly. A body as a whole has no deadline: a large one over a slow line may take
 * hours, as long as it moves.
 *
 * @param head within which a request's line and headers must have come, from their first byte on
 * @param stall how long no byte of a body may come, or of an answer be taken
 * @param grace how long a body may be waited for, all waiting together, before its rate is looked at
 * @param slowest how much of a body must come in a second, over all the waiting
 * @param swallow how much of a stranger's body that nobody wanted is read and thrown away, so that its sender sees the answer; of a
 *     caller's all of it is
 */
@ConfigurationProperties("assay.clients")
record Patience(
        @DefaultValue("15s") Duration head,
        @DefaultValue("60s") Duration stall,
        @DefaultValue("30s") Duration grace,
        @DefaultValue("1KB") DataSize slowest,
        @DefaultValue("2MB") DataSize swallow) {}
