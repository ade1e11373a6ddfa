// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static dev.assay.kit.rows.ParquetColumn.list;
import static dev.assay.kit.rows.ParquetColumn.one;

import dev.assay.kit.rows.ParquetColumn;
import dev.assay.kit.rows.ParquetColumn.Type;
import java.util.List;
import java.util.stream.Stream;

/** Rows that are alike, as a table. */
final class Columns {

    private Columns() {}

    /** What rows of a format consist of. {@code metrics} of verl is always empty, which no column is. */
    static List<ParquetColumn> of(Format format) {
        return switch (format) {
            case VERL -> Stream.concat(
                            Stream.of(list("prompt_ids", Type.INT), list("response_ids", Type.INT), list("response_mask", Type.INT),
                                    list("response_logprobs", Type.FLOAT), one(Type.DOUBLE, "reward_score"), one(Type.INT, "num_turns")),
                            Stream.of("run_id", "job_id", "group_id", "group", "task", "environment", "model", "status", "stop_reason",
                                            "reward", "advantage")
                                    .map(name -> one(number(name), "extra_fields", name)))
                    .toList();
            case RUNS -> Stream.of("run_id", "job_id", "status", "reward", "created_at", "start_time", "end_time", "stop_reason", "error",
                            "failure_kind", "failure_phase", "task_slug", "group_id", "model", "environment", "attempt", "group",
                            "advantage")
                    .map(name -> one(number(name), name))
                    .toList();
            default -> throw new IllegalArgumentException(format.wire() + " has no columns");
        };
    }

    private static Type number(String name) {
        return switch (name) {
            case "reward", "advantage" -> Type.DOUBLE;
            case "group", "attempt" -> Type.INT;
            default -> Type.TEXT;
        };
    }
}
