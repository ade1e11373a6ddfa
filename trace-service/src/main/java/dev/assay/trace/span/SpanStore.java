// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.kit.blob.Blobs;
import dev.assay.trace.span.SpanMark.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** The spans' table. */
@Repository
public class SpanStore {

    private static final int NO_ATTEMPT = 0;
    private static final String MARK =
            "select seq, span_id, attempt, name, schema, step_id, started_at, ended_at, tool, failed, size from span ";
    private static final String WHERE = "where day = :day and run = :run and team = :team";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Partitions partitions;
    private final Blobs blobs;

    SpanStore(JdbcTemplate batches, JdbcClient jdbc, TransactionTemplate transactions, Partitions partitions, Blobs spanBlobs) {
        this.batches = batches;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.partitions = partitions;
        this.blobs = spanBlobs;
    }

    /** Where a run's spans lie. */
    public record Place(RunId run, TeamId team, LocalDate day) {}

    /**
     * A span, where it belongs and which attempt sent it.
     *
     * @param body the whole span as JSON; null if it lies among the blobs
     * @param seq greater than that of everything of the run that arrived before
     */
    public record Placed(
            Place place, SpanHead head, @Nullable ByteBuffer body, @Nullable Integer attempt, Instant receivedAt, long seq) {}

    /** Stores what is not there yet: all of them or, if that fails, none. */
    public void insert(List<Placed> spans) {
        try {
            store(spans);
        } catch (DataIntegrityViolationException e) {
            if (!isWithoutPartition(e)) {
                throw e;
            }
            // that of an old day has been dropped meanwhile
            partitions.forget();
            store(spans);
        }
    }

    private void store(List<Placed> spans) {
        spans.stream().map(placed -> placed.place().day()).distinct().forEach(partitions::ensure);
        transactions.executeWithoutResult(status -> batches.batchUpdate(
                """
                insert into span (day, run, team, span_id, seq, attempt, name, schema, step_id, started_at, ended_at, received_at,
                    tool, failed, size, body, blob)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing""",
                spans,
                500,
                SpanStore::set));
    }

    private boolean isWithoutPartition(DataIntegrityViolationException e) {
        return e.getMostSpecificCause() instanceof SQLException cause
                && "23514".equals(cause.getSQLState())
                && String.valueOf(cause.getMessage()).contains("partition");
    }

    private static void set(PreparedStatement statement, Placed placed) throws SQLException {
        var span = placed.head();
        statement.setObject(1, placed.place().day());
        statement.setObject(2, placed.place().run().value());
        statement.setObject(3, placed.place().team().value());
        statement.setString(4, span.spanId());
        statement.setLong(5, placed.seq());
        statement.setInt(6, placed.attempt() == null ? NO_ATTEMPT : placed.attempt());
        statement.setString(7, span.name());
        statement.setString(8, span.schema());
        statement.setInt(9, span.stepId() == null ? Position.NO_STEP : span.stepId());
        statement.setObject(10, span.startedAt().atOffset(ZoneOffset.UTC));
        statement.setObject(11, span.endedAt().atOffset(ZoneOffset.UTC));
        statement.setObject(12, placed.receivedAt().atOffset(ZoneOffset.UTC));
        statement.setString(13, span.tool());
        statement.setBoolean(14, span.failed());
        statement.setInt(15, span.size());
        statement.setBytes(16, placed.body() == null ? null : bytes(placed.body()));
        statement.setString(17, span.blob());
    }

    private static byte[] bytes(ByteBuffer body) {
        var bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return bytes;
    }

    /** The attempts of which there are spans; null stands for those that no attempt sent. Latest last. */
    public List<@Nullable Integer> attempts(Place place) {
        // from one attempt to the next over the index: a run of many spans has few attempts
        return jdbc.sql("""
                        with recursive found (attempt) as (
                            (select min(attempt) from span where day = :day and run = :run and team = :team)
                            union all
                            select (select min(attempt) from span
                                where day = :day and run = :run and team = :team and attempt > found.attempt)
                            from found where found.attempt is not null)
                        select attempt from found where attempt is not null order by attempt""")
                .params(where(place))
                .query((row, number) -> attempt(row))
                .list();
    }

    /**
     * Spans of one attempt behind a position, in order.
     *
     * @param attempt null: those that no attempt sent
     */
    public List<SpanMark> after(Place place, @Nullable Integer attempt, Position position, int limit) {
        return jdbc.sql(MARK + WHERE + """
                         and attempt = :attempt and (started_at, step_id, seq) > (:startedAt, :stepId, :seq)
                        order by started_at, step_id, seq limit :limit""")
                .params(where(place))
                .param("attempt", attempt == null ? NO_ATTEMPT : attempt)
                .param("startedAt", position.startedAt().atOffset(ZoneOffset.UTC))
                .param("stepId", position.stepId())
                .param("seq", position.seq())
                .param("limit", limit)
                .query(SpanStore::mark)
                .list();
    }

    /** Spans of any attempt that arrived after one, in order of arrival. */
    public List<SpanMark> arrivedAfter(Place place, long seq, int limit) {
        return jdbc.sql(MARK + WHERE + " and seq > :seq order by seq limit :limit")
                .params(where(place))
                .param("seq", seq)
                .param("limit", limit)
                .query(SpanStore::mark)
                .list();
    }

    /** The span with that place in the order of arrival. */
    public Optional<SpanMark> arrived(Place place, long seq) {
        return jdbc.sql(MARK + WHERE + " and seq = :seq").params(where(place)).param("seq", seq).query(SpanStore::mark).optional();
    }

    /** Of the span that arrived last; -1: there is none. */
    public long latestSeq(Place place) {
        return jdbc.sql("select coalesce(max(seq), -1) from span " + WHERE).params(where(place)).query(Long.class).single();
    }

    /** All spans of a run, in order of arrival, without their bodies. */
    public List<SpanMark> marks(Place place) {
        return jdbc.sql(MARK + WHERE + " order by seq").params(where(place)).query(SpanStore::mark).list();
    }

    /** The bodies of some of a run's spans, by their ids: each a whole span as JSON. */
    public Map<String, byte[]> bodies(Place place, Collection<String> spanIds) {
        var bodies = new HashMap<String, byte[]>();
        jdbc.sql("select span_id, body, blob from span " + WHERE + " and span_id = any(:ids)")
                .params(where(place))
                .param("ids", spanIds.toArray(String[]::new))
                .query(row -> {
                    var blob = row.getString("blob");
                    bodies.put(row.getString("span_id"), blob == null ? row.getBytes("body") : content(blob));
                });
        return bodies;
    }

    private byte[] content(String blob) {
        try (var content = blobs.open(blob)) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("blob " + blob + " cannot be read", e);
        }
    }

    private static Map<String, ?> where(Place place) {
        return Map.of("day", place.day(), "run", place.run().value(), "team", place.team().value());
    }

    private static SpanMark mark(ResultSet row, int number) throws SQLException {
        var step = row.getInt("step_id");
        return new SpanMark(
                row.getLong("seq"),
                row.getString("span_id"),
                attempt(row),
                row.getString("name"),
                row.getString("schema"),
                step == Position.NO_STEP ? null : step,
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("ended_at", OffsetDateTime.class).toInstant(),
                row.getString("tool"),
                row.getBoolean("failed"),
                row.getInt("size"));
    }

    private static @Nullable Integer attempt(ResultSet row) throws SQLException {
        var attempt = row.getInt("attempt");
        return attempt == NO_ATTEMPT ? null : attempt;
    }
}
