// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.event;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Spans of one run, as they were uploaded.
 *
 * @param attempt which attempt of a hosted run sent them: their fence; null for a run that a client drives
 * @param spans each as the client sent it (envelope with {@code span_id}, {@code name}, {@code attributes}, …)
 */
public record SpansReceived(RunId run, TeamId team, @Nullable Integer attempt, Instant receivedAt, List<JsonNode> spans) {}
