// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.kit.database.BinaryRows;
import java.util.List;

/** Calls as rows of the table {@code calls}, for COPY. */
final class CopiedCalls {

    private static final List<String> COLUMNS = List.of(
            "id", "at", "team_id", "key_id", "user_id", "run_id", "run_ref", "job_id", "attempt", "dialect", "operation", "asked_model",
            "model", "served_model", "upstream", "status", "ending", "error", "attempts", "tries", "streamed", "first_ms", "total_ms",
            "bytes_in", "bytes_out", "input", "cached", "cache_write", "output", "reasoning", "images", "estimated", "price",
            "cost_nanos", "finish", "request_id", "service_tier", "checkpoint");

    static final String COPY = "copy calls (" + String.join(", ", COLUMNS) + ") from stdin (format binary)";

    /** About so many bytes are a row. */
    private static final int USUAL = 560;

    private CopiedCalls() {}

    static BinaryRows of(List<CallRow> calls) {
        var rows = new BinaryRows(calls.size() * USUAL);
        calls.forEach(call -> add(call, rows));
        return rows;
    }

    /** In the order of the columns. */
    private static void add(CallRow call, BinaryRows rows) {
        rows.row(COLUMNS.size())
                .id(call.id())
                .time(call.at())
                .id(call.teamId())
                .id(call.keyId())
                .id(call.userId())
                .id(call.runId())
                .text(call.runRef())
                .id(call.jobId())
                .integer(call.attempt())
                .text(call.dialect())
                .text(call.operation())
                .text(call.askedModel())
                .text(call.model())
                .text(call.servedModel())
                .text(call.upstream())
                .integer(call.status())
                .text(call.ending())
                .text(call.error())
                .integer(call.attempts())
                .jsonb(call.triesAsJson())
                .flag(call.streamed())
                .number(call.firstMs())
                .number(call.totalMs())
                .number(call.bytesIn())
                .number(call.bytesOut())
                .number(call.input())
                .number(call.cached())
                .number(call.cacheWrite())
                .number(call.output())
                .number(call.reasoning())
                .number(call.images())
                .flag(call.estimated())
                .text(call.price())
                .number(call.costNanos())
                .text(call.finish())
                .text(call.requestId())
                .text(call.serviceTier())
                .text(call.checkpoint());
    }
}
