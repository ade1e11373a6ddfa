// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** An answer that is a file of rows. It goes out as they are read, and one that fails in the middle breaks off. */
public final class RowAnswer {

    public static final String LINES = "application/x-ndjson";
    public static final String PARQUET = "application/vnd.apache.parquet";

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final JsonMapper json;

    public RowAnswer(HttpServletRequest request, HttpServletResponse response, JsonMapper json) {
        this.request = request;
        this.response = response;
        this.json = json;
    }

    /** Whoever has the rows. */
    public interface Writing {
        void to(RowSink rows) throws IOException;
    }

    /**
     * Whether a parameter asks for Parquet, else for lines.
     *
     * @throws Problem 400
     */
    public static boolean isParquet(String parameter, String value) {
        return switch (value) {
            case "parquet" -> true;
            case "jsonl" -> false;
            default -> throw Problem.badRequest(parameter, "must be jsonl or parquet, not '" + value + "'");
        };
    }

    /**
     * @param parquet else lines
     * @param name of the file, without its ending
     * @param columns of the table, made for it
     */
    public void write(boolean parquet, String name, Supplier<List<ParquetColumn>> columns, Writing writing) throws IOException {
        if (parquet) {
            write(PARQUET, name + ".parquet", new ParquetRows(columns.get(), response.getOutputStream()), writing);
        } else {
            write(LINES, name + ".jsonl", new Lines(json, response.getOutputStream()), writing);
        }
    }

    private void write(String type, String file, RowSink rows, Writing writing) throws IOException {
        response.setContentType(type);
        response.setHeader("Content-Disposition", "attachment; filename=\"" + file + "\"");
        try {
            writing.to(rows);
            rows.end();
        } catch (RuntimeException e) {
            BrokenAnswers.breakOff(request, response, e);
            throw e;
        }
    }
}
