// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * @param latestSeq to be passed as {@code since_seq} next time; -1: no event yet
 * @param attempts how often the run was begun; the events are of the latest
 */
@JsonNaming(SnakeCaseStrategy.class)
record EventsView(List<Event> events, long latestSeq, int attempts, String status, @Nullable Double reward) {}
