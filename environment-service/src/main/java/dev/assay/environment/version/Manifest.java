// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an environment declared when it was started.
 *
 * @param tasks the JSON schema of each task's arguments, by task id, in the order of declaration
 */
public record Manifest(SequencedMap<String, JsonNode> tasks) {

    static Manifest of(JsonNode manifest) {
        var tasks = new LinkedHashMap<String, JsonNode>();
        for (var task : manifest.path("tasks")) {
            tasks.put(task.path("id").asString(), task.path("args"));
        }
        return new Manifest(tasks);
    }

    /** What keeps the text from being a manifest that clients can read; null if nothing does. */
    public static @Nullable String fault(@Nullable JsonNode manifest) {
        if (manifest == null || !manifest.isObject()) {
            return "the environment showed no manifest";
        }
        var lists = Map.of("tasks", "id", "capabilities", "name");
        for (var list : lists.entrySet()) {
            var entries = manifest.path(list.getKey());
            if (!entries.isMissingNode() && !entries.isNull() && !entries.isArray()) {
                return "the manifest's " + list.getKey() + " are no list";
            }
            for (var entry : entries) {
                var name = entry.path(list.getValue());
                if (!name.isString() || name.stringValue().isEmpty()) {
                    return "one of the manifest's " + list.getKey() + " has no " + list.getValue();
                }
            }
        }
        return null;
    }
}
