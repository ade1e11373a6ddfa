// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.environment.version.Manifest;
import dev.assay.kit.problem.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides whether an upload may be stored: every task must name an environment that is there and a task of it, with arguments that it takes. */
final class UploadCheck {

    private static final int MOST_LINES = 50;

    /** What an environment's name stands for. */
    sealed interface Found {

        /** The team has no such environment. */
        record Nothing() implements Found {}

        /** There is one, but no version of it was built. */
        record NotBuilt() implements Found {}

        /** This is what its newest version declares. */
        record Built(Manifest manifest) implements Found {}
    }

    private UploadCheck() {}

    /** The names of all environments that the tasks and their verifiers need, as they came. */
    static List<String> environments(List<TaskItem> items) {
        return items.stream().flatMap(UploadCheck::needs).map(Need::env).distinct().toList();
    }

    /** @throws Problem 400 whose detail has a line for each fault */
    static void check(List<TaskItem> items, Map<String, Found> environments) {
        var lines = new ArrayList<String>();
        var names = new HashSet<String>();
        int bad = 0;
        for (var item : items) {
            var faults = new ArrayList<>(item.faults());
            if (item.fields() != null && !names.add(item.fields().name())) {
                faults.add("the name is there twice: names are unique in a taskset");
            }
            needs(item).forEach(need -> faults.addAll(faults(need, environments.get(need.env()))));
            faults.forEach(fault -> lines.add("- " + item.label() + ": " + fault));
            bad += faults.isEmpty() ? 0 : 1;
        }
        if (bad > 0) {
            var shown = Stream.concat(
                    Stream.of(bad + " of " + items.size() + " tasks cannot be taken; nothing was stored."), lines.stream().limit(MOST_LINES));
            var more = lines.size() > MOST_LINES ? "\n… and " + (lines.size() - MOST_LINES) + " more" : "";
            throw Problem.badRequest(String.join("\n", shown.toList()) + more);
        }
    }

    private record Need(String role, String env, String taskId, String args) {}

    private static Stream<Need> needs(TaskItem item) {
        var fields = item.fields();
        if (fields == null) {
            return Stream.empty();
        }
        var own = new Need("", fields.env(), fields.taskId(), fields.args());
        if (fields.verifier() == null) {
            return Stream.of(own);
        }
        var verifier = RawJson.tree(fields.verifier());
        var args = verifier.path("args");
        return Stream.of(
                own,
                new Need(
                        "verifier: ",
                        verifier.path("env").stringValue(),
                        verifier.path("id").stringValue(),
                        args.isObject() ? args.toString() : "{}"));
    }

    private static List<String> faults(Need need, @Nullable Found environment) {
        return switch (environment) {
            case Found.NotBuilt() -> List.of(need.role + "environment '" + need.env + "' has no version that was built");
            case Found.Built(var manifest) -> faults(need, manifest);
            case Found.Nothing() -> List.of(need.role + "there is no environment '" + need.env + "': deploy it first");
            case null -> List.of(need.role + "there is no environment '" + need.env + "': deploy it first");
        };
    }

    private static List<String> faults(Need need, Manifest manifest) {
        var schema = manifest.tasks().get(need.taskId);
        if (schema == null) {
            var known = manifest.tasks().isEmpty() ? "it has none" : "it has " + String.join(", ", manifest.tasks().sequencedKeySet());
            return List.of(need.role + "environment '" + need.env + "' has no task '" + need.taskId + "': " + known);
        }
        return ArgumentCheck.faults(need.taskId, schema, RawJson.tree(need.args)).stream().map(fault -> need.role + fault).toList();
    }
}
