// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came of a run beside its ending.
 *
 * @param evaluation the grade frame as it was told, valid or not
 * @param metadata whatever the client wants shown, maybe large
 * @param timings milliseconds per phase
 */
public record RunResult(@Nullable JsonNode evaluation, @Nullable JsonNode metadata, Map<String, Long> timings) {

    public static final RunResult NONE = new RunResult(null, null, Map.of());
}
