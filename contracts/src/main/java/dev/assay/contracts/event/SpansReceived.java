// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.event;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Spans of one run, as they were uploaded.
 *
 * @param spans each as the client sent it (envelope with {@code span_id}, {@code name}, {@code attributes}, …)
 */
public record SpansReceived(RunId run, TeamId team, Instant receivedAt, List<JsonNode> spans) {}
