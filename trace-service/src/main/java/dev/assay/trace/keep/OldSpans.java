// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.keep;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.Topics;
import dev.assay.trace.span.SpanStore.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** What is deleted of the spans' table, and what names a blob. */
@Repository
class OldSpans {

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    OldSpans(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** A blob that a span named. @param receivedAt when that span came */
    record Named(String blob, Instant receivedAt) {}

    /** Some runs of a team of which spans may be left that came before then. */
    List<Place> runsWithSpansBefore(TeamId team, Instant before, @Nullable UUID after, int limit) {
        return jdbc.sql("""
                select run, team, day from run
                where team = :team and day <= :day and cleared_at is null and (:after::uuid is null or run > :after)
                order by run limit :limit""")
                .param("team", team.value())
                .param("day", before.atOffset(ZoneOffset.UTC).toLocalDate())
                .param("after", after)
                .param("limit", limit)
                .query(OldSpans::place)
                .list();
    }

    /** Deletes some spans of a run that came before then, and says which blobs they named; one whose body was in the row names none. */
    List<@Nullable Named> delete(Place place, Instant before, int limit) {
        return jdbc.sql("""
                delete from span where day = :day and run = :run and team = :team and span_id = any(array(
                    select span_id from span where day = :day and run = :run and team = :team and received_at < :before limit :limit))
                returning blob, received_at""")
                .param("day", place.day())
                .param("run", place.run().value())
                .param("team", place.team().value())
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .query(OldSpans::named)
                .list();
    }

    /** Writes down whether anything is left, and forgets what was said. Whoever stores spans of an old run holds its row meanwhile. */
    void noteCleared(Place place, Instant now) {
        transactions.executeWithoutResult(status -> {
            jdbc.sql("select run from run where run = :run and team = :team for update")
                    .param("run", place.run().value())
                    .param("team", place.team().value())
                    .query(row -> {});
            jdbc.sql("""
                    update run set cleared_at = case when cleared_at is null then :now::timestamptz end
                    where run = :run and team = :team
                        and (cleared_at is null) = not exists (select from span where day = :day and run = :run and team = :team)""")
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .param("run", place.run().value())
                    .param("team", place.team().value())
                    .param("day", place.day())
                    .update();
            // read anew: whoever is just reading what was deleted holds the run no more, and stores nothing
            jdbc.sql("delete from said where run = :run").param("run", place.run().value()).update();
            jdbc.sql("update run set search_due = '-infinity', search_looks = 0 where run = :run").param("run", place.run().value()).update();
        });
    }

    void noteClearedByHand(Place place, Instant upTo) {
        jdbc.sql("update run set cleared_up_to = greatest(cleared_up_to, :upTo) where run = :run and team = :team")
                .param("upTo", upTo.atOffset(ZoneOffset.UTC))
                .param("run", place.run().value())
                .param("team", place.team().value())
                .update();
    }

    /** A run of which everything goes that came before then. */
    record ByHand(Place place, Instant upTo) {}

    /** Of some of them a record may still be on its way that came before. */
    List<ByHand> clearedByHandSince(Instant since) {
        return jdbc.sql("select run, team, day, cleared_up_to from run where cleared_up_to >= :since")
                .param("since", since.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new ByHand(place(row, number), row.getObject("cleared_up_to", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Takes the contents of some large spans of a team that came before then; in their place it is said that they were deleted. */
    List<@Nullable Named> takeContents(TeamId team, Instant before, int limit) {
        return jdbc.sql("""
                with taken as (
                    select day, run, team, span_id, blob, received_at, size from span
                    where team = :team and day <= :day and blob is not null and received_at < :before limit :limit for update skip locked),
                forgotten as (delete from said where run in (select run from taken)),
                due as (update run set search_due = '-infinity', search_looks = 0 where run in (select run from taken))
                update span set blob = null,
                    body = convert_to('{"assay.removed": true}', 'UTF8')
                from taken where (span.day, span.run, span.team, span.span_id) = (taken.day, taken.run, taken.team, taken.span_id)
                returning taken.blob, taken.received_at""")
                .param("team", team.value())
                .param("day", before.atOffset(ZoneOffset.UTC).toLocalDate())
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .query(OldSpans::named)
                .list();
    }

    /** Of these blobs the ones that no span names. */
    List<String> unnamed(Collection<String> blobs) {
        return jdbc.sql("select blob from unnest(:blobs) blob where not exists (select from span where span.blob = blob.blob)")
                .param("blobs", blobs.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /** A letter of the spans' queue may name a blob that no row does. */
    boolean areLettersWaiting() {
        return jdbc.sql("select exists (select from dead_letter where queue = :queue)")
                .param("queue", Topics.SPANS)
                .query(Boolean.class)
                .single();
    }

    private static Place place(ResultSet row, int number) throws SQLException {
        return new Place(
                new RunId(row.getObject("run", UUID.class)), new TeamId(row.getObject("team", UUID.class)), row.getObject("day", LocalDate.class));
    }

    private static @Nullable Named named(ResultSet row, int number) throws SQLException {
        var blob = row.getString("blob");
        return blob == null ? null : new Named(blob, row.getObject("received_at", OffsetDateTime.class).toInstant());
    }
}
