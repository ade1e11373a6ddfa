// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.environment.listing.Names;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * One item of an upload: its parts, and what is wrong with their shape.
 *
 * @param label how people find it in what they sent
 * @param faults a sentence each; with any, {@code fields} is null
 */
record TaskItem(String label, @Nullable TaskFields fields, List<String> faults) {

    /** @param index counted from 0 */
    static TaskItem read(int index, String text) {
        var raw = RawJson.members(text);
        var item = RawJson.tree(text);
        var faults = new ArrayList<String>();
        if (!item.isObject()) {
            return new TaskItem("task " + (index + 1), null, List.of("must be an object"));
        }
        RawJson.noNumber(text).ifPresent(path -> faults.add(path + ": is no number that JSON has (NaN, Infinity)"));
        var name = text(item, "name", "name", faults);
        var env = item.path("env").isObject() ? text(item.path("env"), "name", "env.name", faults) : missing("env", "must be {\"name\": …}", faults);
        var taskId = text(item, "task_id", "task_id", faults);
        object(item, "args", faults);
        object(item, "agent_config", faults);
        object(item, "columns", faults);
        listOfObjects(item.path("validation"), faults);
        runtimeConfig(item.path("runtime_config"), "", faults);
        verifier(item.path("verifier"), faults);
        var label = name == null ? "task " + (index + 1) : "'" + name + "'";
        if (!faults.isEmpty() || name == null || env == null || taskId == null) {
            return new TaskItem(label, null, faults);
        }
        var args = given(raw, "args");
        return new TaskItem(
                label,
                new TaskFields(
                        name,
                        env,
                        taskId,
                        args == null ? "{}" : args,
                        given(raw, "validation"),
                        given(raw, "agent_config"),
                        given(raw, "columns"),
                        given(raw, "runtime_config"),
                        given(raw, "verifier")),
                List.of());
    }

    private static @Nullable String given(Map<String, String> raw, String member) {
        var value = raw.get(member);
        return "null".equals(value) ? null : value;
    }

    private static @Nullable String text(JsonNode parent, String member, String path, List<String> faults) {
        var value = parent.path(member);
        var text = value.isString() ? value.stringValue() : null;
        var fault = value.isMissingNode() || value.isNull() || text != null ? Names.fault(text) : "must be a text";
        return fault == null ? text : missing(path, fault, faults);
    }

    private static @Nullable String missing(String path, String fault, List<String> faults) {
        faults.add(path + ": " + fault);
        return null;
    }

    private static void object(JsonNode parent, String member, List<String> faults) {
        var value = parent.path(member);
        if (isGiven(value) && !value.isObject()) {
            faults.add(member + ": must be an object");
        }
    }

    private static void listOfObjects(JsonNode validation, List<String> faults) {
        if (isGiven(validation) && (!validation.isArray() || validation.valueStream().anyMatch(element -> !element.isObject()))) {
            faults.add("validation: must be a list of objects");
        }
    }

    private static void runtimeConfig(JsonNode config, String prefix, List<String> faults) {
        if (isGiven(config)) {
            RuntimeConfigShape.faults(config).forEach(fault -> faults.add(prefix + fault));
        }
    }

    private static void verifier(JsonNode verifier, List<String> faults) {
        if (!isGiven(verifier)) {
            return;
        }
        if (!verifier.isObject()) {
            faults.add("verifier: must be an object");
            return;
        }
        text(verifier, "env", "verifier.env", faults);
        text(verifier, "id", "verifier.id", faults);
        if (isGiven(verifier.path("args")) && !verifier.path("args").isObject()) {
            faults.add("verifier.args: must be an object");
        }
        if (isGiven(verifier.path("verifier"))) {
            faults.add("verifier.verifier: a verifier has no verifier of its own");
        }
        runtimeConfig(verifier.path("runtime_config"), "verifier.", faults);
    }

    private static boolean isGiven(JsonNode value) {
        return !(value instanceof MissingNode) && !value.isNull();
    }
}
