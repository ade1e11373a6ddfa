// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The spans' table. */
@Repository
public class SpanStore {

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final Partitions partitions;

    SpanStore(JdbcTemplate batches, JdbcClient jdbc, Partitions partitions) {
        this.batches = batches;
        this.jdbc = jdbc;
        this.partitions = partitions;
    }

    /** Where a run's spans lie. */
    public record Place(RunId run, TeamId team, LocalDate day) {}

    /** A span, where it belongs and which attempt sent it. */
    public record Placed(Place place, Span span, @Nullable Integer attempt, Instant receivedAt) {}

    /** Stores what is not there yet. */
    public void insert(List<Placed> spans) {
        spans.stream().map(placed -> placed.place().day()).distinct().forEach(partitions::ensure);
        batches.batchUpdate(
                "insert into span (day, run, team, span_id, name, schema, step_id, started_at, ended_at, received_at, body, attempt)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                spans,
                500,
                (statement, placed) -> {
                    var span = placed.span();
                    statement.setObject(1, placed.place().day());
                    statement.setObject(2, placed.place().run().value());
                    statement.setObject(3, placed.place().team().value());
                    statement.setString(4, span.spanId());
                    statement.setString(5, span.name());
                    statement.setString(6, span.schema());
                    statement.setObject(7, span.stepId());
                    statement.setTimestamp(8, Timestamp.from(span.startedAt()));
                    statement.setTimestamp(9, Timestamp.from(span.endedAt()));
                    statement.setTimestamp(10, Timestamp.from(placed.receivedAt()));
                    statement.setString(11, span.body());
                    statement.setObject(12, placed.attempt());
                });
    }

    /** All spans of a run, in order of arrival, without their bodies. */
    public List<SpanMark> marks(Place place) {
        return jdbc.sql("select seq, span_id, attempt, name, schema, step_id, started_at, ended_at, octet_length(body) as size from span"
                        + " where day = :day and run = :run and team = :team order by seq")
                .param("day", place.day())
                .param("run", place.run().value())
                .param("team", place.team().value())
                .query(SpanStore::mark)
                .list();
    }

    /** The bodies of some of a run's spans, by their ids. */
    public Map<String, String> bodies(Place place, Collection<String> spanIds) {
        var bodies = new HashMap<String, String>();
        jdbc.sql("select span_id, body from span where day = :day and run = :run and team = :team and span_id = any(:ids)")
                .param("day", place.day())
                .param("run", place.run().value())
                .param("team", place.team().value())
                .param("ids", spanIds.toArray(String[]::new))
                .query(row -> {
                    bodies.put(row.getString("span_id"), row.getString("body"));
                });
        return bodies;
    }

    private static SpanMark mark(ResultSet row, int number) throws SQLException {
        return new SpanMark(
                row.getLong("seq"),
                row.getString("span_id"),
                row.getObject("attempt", Integer.class),
                row.getString("name"),
                row.getString("schema"),
                row.getObject("step_id", Integer.class),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("ended_at", OffsetDateTime.class).toInstant(),
                row.getInt("size"));
    }
}
