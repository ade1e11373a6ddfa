// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLease.Example;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The task that a version is tried with, both ways.
 *
 * @param madeUp whether nobody but its schema says that it can be called like that
 */
record TrialTask(String id, JsonNode args, boolean madeUp) {

    /**
     * One that its team runs, or the first that needs nothing, or the first with arguments that its schema allows.
     *
     * @param tasks as the version lists them
     * @return empty: it has none
     */
    static Optional<TrialTask> of(JsonNode tasks, @Nullable Example known) {
        var named = tasks.valueStream().filter(task -> !id(task).isEmpty()).toList();
        if (known != null && named.stream().anyMatch(task -> id(task).equals(known.task()))) {
            return Optional.of(new TrialTask(known.task(), known.args(), false));
        }
        return named.stream().filter(task -> task.at("/args/required").isEmpty()).findFirst()
                .map(task -> new TrialTask(id(task), Json.object(), false))
                .or(() -> named.stream().findFirst().map(task -> new TrialTask(id(task), argumentsOf(task.path("args")), true)));
    }

    private static String id(JsonNode task) {
        return task.path("id").asString("");
    }

    private static JsonNode argumentsOf(JsonNode schema) {
        var args = Json.object();
        schema.path("required").forEach(name -> args.set(name.asString(), value(schema.path("properties").path(name.asString()))));
        return args;
    }

    /** What the schema names, or else the simplest of its type. */
    private static JsonNode value(JsonNode schema) {
        return Stream.of("/default", "/examples/0", "/const", "/enum/0").map(schema::at).filter(found -> !found.isMissingNode()).findFirst()
                .orElseGet(() -> List.of("anyOf", "oneOf", "allOf").stream().map(schema::path).filter(JsonNode::isArray).findFirst()
                        .map(choices -> value(choices.path(0)))
                        .orElseGet(() -> simplest(schema)));
    }

    private static JsonNode simplest(JsonNode schema) {
        var type = schema.path("type").isArray() ? schema.at("/type/0").asString("") : schema.path("type").asString("");
        return Json.MAPPER.readTree(switch (type) {
            case "integer", "number" -> schema.path("minimum").isNumber() ? schema.path("minimum").toString() : "1";
            case "boolean" -> "false";
            case "array" -> "[]";
            case "object" -> "{}";
            case "null" -> "null";
            default -> "\"a\"";
        });
    }
}
