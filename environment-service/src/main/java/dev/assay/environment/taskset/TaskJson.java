// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.environment.listing.Window;
import dev.assay.environment.taskset.TaskRows.TaskRow;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes tasks with every part as it came. Put together as text: any writer in between would have an opinion on numbers. */
final class TaskJson {

    private TaskJson() {}

    /**
     * What clients load a taskset from. Written as it is read: a taskset may be larger than the memory.
     *
     * @param tasksAfter some of the tasks behind a position, in order; none: that was all
     */
    static void export(String tasksetName, IntFunction<List<TaskRow>> tasksAfter, Writer to) throws IOException {
        to.write("{\"name\":" + RawJson.quote(tasksetName) + ",\"tasks\":[");
        var separator = "";
        for (var some = tasksAfter.apply(-1); !some.isEmpty(); some = tasksAfter.apply(some.getLast().position())) {
            for (var task : some) {
                to.write(separator + "{" + version(task) + "," + members(task.fields()) + "}");
                separator = ",";
            }
        }
        to.write("]}");
        to.flush();
    }

    /** A page of the same records, each with id, position, time of its last change, and the names of what is left out as well. */
    static String page(List<TaskRow> tasks, long total, Window window) {
        var records = new StringJoiner(",", "[", "]");
        tasks.forEach(task -> records.add(record(task)));
        return "{\"items\":" + records + ",\"total\":" + total + ",\"limit\":" + window.limit() + ",\"offset\":" + window.offset() + "}";
    }

    static String record(TaskRow task) {
        var leftOut = new StringJoiner(",", "[", "]");
        task.leftOut().forEach(part -> leftOut.add(RawJson.quote(part)));
        return "{\"id\":\"" + task.id() + "\",\"position\":" + task.position() + ",\"updated_at\":\"" + task.updatedAt()
                + "\"," + version(task) + "," + members(task.fields()) + ",\"left_out\":" + leftOut + "}";
    }

    private static String version(TaskRow task) {
        return "\"version_id\":\"" + task.version() + "\"";
    }

    private static String members(TaskFields task) {
        return new StringJoiner(",")
                .add("\"name\":" + RawJson.quote(task.name()))
                .add("\"env\":" + RawJson.quote(task.env()))
                .add("\"scenario\":" + RawJson.quote(task.taskId()))
                .add("\"args\":" + task.args())
                .add("\"validation\":" + raw(task.validation()))
                .add("\"agent_config\":" + raw(task.agentConfig()))
                .add("\"columns\":" + raw(task.columns()))
                .add("\"runtime_config\":" + raw(task.runtimeConfig()))
                .add("\"verifier\":" + raw(task.verifier()))
                .toString();
    }

    private static String raw(@Nullable String json) {
        return json == null ? "null" : json;
    }
}
