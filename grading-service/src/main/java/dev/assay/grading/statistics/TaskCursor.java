// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.kit.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Places in lists of tasks as callers hand them back, and how long a page is. */
final class TaskCursor {

    static final String PATTERN = "^([0-9a-f]{2}){1,600}$";

    private static final int USUAL = 100;
    private static final int MOST = 1000;

    private TaskCursor() {}

    static String of(TaskResult task) {
        return HexFormat.of().formatHex(task.key().getBytes(StandardCharsets.UTF_8));
    }

    /** The key behind which the page begins. Whatever it is, there are tasks behind it or there are none; but no text holds a NUL. */
    static String read(@Nullable String cursor) {
        if (cursor == null) {
            return "";
        }
        if (!cursor.matches(PATTERN)) {
            throw Problem.badRequest("cursor", "not one that a page of this list gave");
        }
        return new String(HexFormat.of().parseHex(cursor), StandardCharsets.UTF_8).replace('\0', '\1');
    }

    static int limit(@Nullable Integer limit) {
        if (limit != null && limit < 1) {
            throw Problem.badRequest("limit", "must be at least 1");
        }
        return Math.min(limit == null ? USUAL : limit, MOST);
    }
}
