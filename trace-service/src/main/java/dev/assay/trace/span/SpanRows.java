// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.kit.database.BinaryRows;
import dev.assay.trace.span.SpanMark.Position;
import dev.assay.trace.span.SpanStore.Place;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** The spans' table, as it is written. */
@Repository
public class SpanRows {

    private static final List<String> COLUMNS = List.of(
            "day", "run", "team", "span_id", "seq", "attempt", "name", "schema", "step_id", "started_at", "ended_at", "received_at", "tool",
            "failed", "size", "body", "blob");

    private static final String COPY = "copy span (" + String.join(", ", COLUMNS) + ") from stdin (format binary)";

    private static final String INSERT =
            """
            insert into span (%s) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing"""
                    .formatted(String.join(", ", COLUMNS));

    /** A row has about so many bytes beside its body. */
    private static final int ROW = 250;

    private static final int AT_ONCE = 500;

    /** A batch waits so long for what somebody else holds: a replica that vanished in the middle of a transaction, or a person. */
    private static final String PATIENCE_WITH_LOCKS = "set local lock_timeout = '1s'";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Partitions partitions;

    SpanRows(JdbcTemplate jdbc, TransactionTemplate transactions, Partitions partitions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.partitions = partitions;
    }

    /**
     * A span, where it belongs and which attempt sent it.
     *
     * @param body the whole span as JSON; null if it lies among the blobs
     * @param seq greater than that of everything of the run that arrived before
     */
    public record Placed(
            Place place, SpanHead head, @Nullable ByteBuffer body, @Nullable Integer attempt, Instant receivedAt, long seq) {

        int attemptOrNone() {
            return attempt == null ? SpanStore.NO_ATTEMPT : attempt;
        }

        int stepOrNone() {
            return head.stepId() == null ? Position.NO_STEP : head.stepId();
        }
    }

    /**
     * Stores what is not there yet: all of them or, if that fails, none. Mostly nothing is, which costs least; a batch in which something is
     * goes another way.
     *
     * @throws PessimisticLockingFailureException if somebody else holds what they need, and does not let go of it soon
     */
    public void insert(List<Placed> spans) {
        try {
            inTheirPartitions(spans, () -> copied(spans).copy(jdbc, COPY));
        } catch (DuplicateKeyException e) {
            inTheirPartitions(spans, () -> jdbc.batchUpdate(INSERT, spans, AT_ONCE, SpanRows::set));
        }
    }

    private void inTheirPartitions(List<Placed> spans, Runnable write) {
        try {
            store(spans, write);
        } catch (DataIntegrityViolationException e) {
            if (!isWithoutPartition(e)) {
                throw e;
            }
            // that of an old day has been dropped meanwhile
            partitions.forget();
            store(spans, write);
        } catch (UncategorizedSQLException e) {
            // Spring knows this state only where it is told of each database's own
            throw isLockNotAvailable(e.getSQLException())
                    ? new CannotAcquireLockException("somebody else holds rows of these runs", e)
                    : e;
        }
    }

    private void store(List<Placed> spans, Runnable write) {
        spans.stream().map(placed -> placed.place().day()).distinct().forEach(partitions::ensure);
        transactions.executeWithoutResult(status -> {
            jdbc.execute(PATIENCE_WITH_LOCKS);
            holdOldRuns(spans);
            write.run();
            noteThatMoreCame(spans);
        });
    }

    /** Of a run that is old somebody may just write down that nothing is left. */
    private void holdOldRuns(List<Placed> spans) {
        var old = runs(spans.stream().filter(placed -> placed.place().day().isBefore(LocalDate.ofInstant(placed.receivedAt(), ZoneOffset.UTC))));
        if (old.length > 0) {
            jdbc.query("select run from run where run = any(?) order by run for share", row -> {}, (Object) old);
        }
    }

    private void noteThatMoreCame(List<Placed> spans) {
        jdbc.update("update run set cleared_at = null where run = any(?) and cleared_at is not null", (Object) runs(spans.stream()));
    }

    private static UUID[] runs(Stream<Placed> spans) {
        return spans.map(placed -> placed.place().run().value()).distinct().toArray(UUID[]::new);
    }

    private static boolean isWithoutPartition(DataIntegrityViolationException e) {
        return e.getMostSpecificCause() instanceof SQLException cause
                && "23514".equals(cause.getSQLState())
                && String.valueOf(cause.getMessage()).contains("partition");
    }

    private static boolean isLockNotAvailable(@Nullable SQLException failure) {
        return failure != null && "55P03".equals(failure.getSQLState());
    }

    private static BinaryRows copied(List<Placed> spans) {
        var rows = new BinaryRows(spans.stream().mapToInt(placed -> ROW + (placed.body() == null ? 0 : placed.body().remaining())).sum());
        for (var placed : spans) {
            var span = placed.head();
            rows.row(COLUMNS.size())
                    .day(placed.place().day())
                    .id(placed.place().run().value())
                    .id(placed.place().team().value())
                    .text(span.spanId())
                    .number(placed.seq())
                    .integer(placed.attemptOrNone())
                    .text(span.name())
                    .text(span.schema())
                    .integer(placed.stepOrNone())
                    .time(span.startedAt())
                    .time(span.endedAt())
                    .time(placed.receivedAt())
                    .text(span.tool())
                    .flag(span.failed())
                    .integer(span.size())
                    .bytes(placed.body())
                    .text(span.blob());
        }
        return rows;
    }

    private static void set(PreparedStatement statement, Placed placed) throws SQLException {
        var span = placed.head();
        statement.setObject(1, placed.place().day());
        statement.setObject(2, placed.place().run().value());
        statement.setObject(3, placed.place().team().value());
        statement.setString(4, span.spanId());
        statement.setLong(5, placed.seq());
        statement.setInt(6, placed.attemptOrNone());
        statement.setString(7, span.name());
        statement.setString(8, span.schema());
        statement.setInt(9, placed.stepOrNone());
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
}
