// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.contracts.TasksetId;
import dev.assay.contracts.Uuids;
import dev.assay.environment.listing.Names;
import dev.assay.environment.project.ProjectId;
import dev.assay.kit.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The body of a task upload.
 *
 * @param name of the taskset, or the UUID of one: older clients put it there
 * @param id decides, if it is given
 * @param project where a new taskset goes
 */
record TaskUpload(String name, @Nullable TasksetId id, @Nullable ProjectId project, List<TaskItem> items) {

    private static final int MOST_TASKS = 20_000;

    /** @throws Problem 400 if the body has another shape; the shape of single items is told by the items */
    static TaskUpload read(String body) {
        try {
            var items = new ArrayList<TaskItem>();
            // one task after the other: nothing but its own parts is made of the text
            var members = RawJson.members(body, "tasks", item -> {
                if (items.size() == MOST_TASKS) {
                    throw Problem.badRequest("tasks", "more than " + MOST_TASKS + " at once");
                }
                items.add(TaskItem.read(items.size(), item));
            });
            if (members == null) {
                throw Problem.badRequest("body", "must be a JSON object");
            }
            var rest = members.get("tasks");
            if (!"".equals(rest)) {
                throw Problem.badRequest("tasks", rest == null ? "required" : "must be a list, and there once");
            }
            var id = uuid("taskset_id", members.get("taskset_id"));
            var project = uuid("project_id", members.get("project_id"));
            var name = Names.requireInAddress("taskset_name", text("taskset_name", members.get("taskset_name")));
            return new TaskUpload(name, id == null ? null : new TasksetId(id), project == null ? null : new ProjectId(project), items);
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Problem.badRequest("body", "not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
    }

    private static @Nullable UUID uuid(String field, @Nullable String raw) {
        var text = text(field, raw);
        try {
            return text == null ? null : Uuids.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String text(String field, @Nullable String raw) {
        var value = raw == null ? null : RawJson.tree(raw);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw Problem.badRequest(field, "must be a text");
        }
        return value.stringValue();
    }
}
