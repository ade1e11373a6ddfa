// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import dev.assay.sdk.protocol.RuntimeConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A task's runtime config with a job's own limits in it. */
final class Limited {

    private Limited() {}

    /**
     * A row's limits take the place of all that its environment says. So those that the job does not name, which would hold without it, are
     * put down beside its own.
     */
    static JsonNode by(Map<String, Integer> limits, @Nullable JsonNode environments, @Nullable JsonNode tasks) {
        var merged = RuntimeConfig.merged(environments, tasks);
        var usual = merged == null ? null : merged.get("limits");
        var own = usual instanceof ObjectNode known ? known.deepCopy() : JsonNodeFactory.instance.objectNode();
        limits.forEach(own::put);
        var config = tasks instanceof ObjectNode known ? known.deepCopy() : JsonNodeFactory.instance.objectNode();
        return config.set("limits", own);
    }
}
