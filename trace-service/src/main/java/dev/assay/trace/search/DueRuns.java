// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.text.StorableText;
import dev.assay.trace.span.SpanStore.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which runs are to be read, or read again, and what was read of them. */
@Repository
class DueRuns {

    /** Longer than the longest run takes; of a reader that died, others take over what it held. */
    private static final Duration HOLD = Duration.ofMinutes(5);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

    /** Half a minute four times over and over, as far as that makes sense: two months. */
    private static final int LONGEST = 9;

    private static final String LET_GO =
            "update run set search_due = :next, search_looks = :looks, search_tries = :tries where run = :run and search_due = :until";

    private final JdbcClient jdbc;

    DueRuns(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A run that one reader holds.
     *
     * @param due since then
     * @param until so long; it is also what the reader shows that it is still the one
     * @param readSeq of the latest span that was read before; null: it was not read, or that was forgotten
     */
    record Held(
            Place place, Instant due, Instant until, int looks, int tries, @Nullable String error, int revision, @Nullable Long readSeq,
            @Nullable Integer readRevision) {}

    List<Held> take(Instant now, int limit) {
        var until = now.plus(HOLD).truncatedTo(ChronoUnit.MICROS);
        return jdbc.sql("""
                with due as (
                    select run, greatest(search_due, begun_at) as since from run where search_due <= :now
                    order by search_due limit :limit for update skip locked)
                update run set search_due = :until
                from due left join said on said.run = due.run where run.run = due.run
                returning run.run, since, team, day, search_looks, search_tries, error, run.revision, said.seq as read_seq, said.revision as read_revision""")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("until", until.atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .query((row, number) -> held(row, until))
                .list();
    }

    private static Held held(ResultSet row, Instant until) throws SQLException {
        var run = new RunId(row.getObject("run", UUID.class));
        return new Held(
                new Place(run, new TeamId(row.getObject("team", UUID.class)), row.getObject("day", LocalDate.class)),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                until,
                row.getInt("search_looks"),
                row.getInt("search_tries"),
                row.getString("error"),
                row.getInt("revision"),
                row.getObject("read_seq", Long.class),
                row.getObject("read_revision", Integer.class));
    }

    /** Nothing if the run was taken from its reader meanwhile: it ended, spans of it were deleted, or the reader took too long. */
    void store(Held held, long seq, Said said, Instant now) {
        jdbc.sql("with mine as (" + LET_GO + """
                 returning run)
                insert into said (run, seq, revision, tools, words, errors, read_at)
                select run, :seq, :revision, :tools::text[], to_tsvector('simple', :words), to_tsvector('simple', :errors), :now from mine
                on conflict (run) do update set seq = excluded.seq, revision = excluded.revision, tools = excluded.tools,
                    words = excluded.words, errors = excluded.errors, read_at = excluded.read_at""")
                .param("run", held.place().run().value())
                .param("until", held.until().atOffset(ZoneOffset.UTC))
                .param("next", next(held, now).atOffset(ZoneOffset.UTC))
                .param("looks", held.looks() + 1)
                .param("tries", 0)
                .param("seq", seq)
                .param("revision", held.revision())
                .param("tools", said.tools().stream().map(StorableText::of).toArray(String[]::new))
                .param("words", said.words())
                .param("errors", said.errors())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Nothing has come since it was read. */
    void leave(Held held, Instant now) {
        letGo(held, next(held, now), held.looks() + 1, 0);
    }

    void failed(Held held, Instant again) {
        letGo(held, again, held.looks(), held.tries() + 1);
    }

    private void letGo(Held held, Instant next, int looks, int tries) {
        jdbc.sql(LET_GO)
                .param("run", held.place().run().value())
                .param("until", held.until().atOffset(ZoneOffset.UTC))
                .param("next", next.atOffset(ZoneOffset.UTC))
                .param("looks", looks)
                .param("tries", tries)
                .update();
    }

    /** What comes late mostly comes soon: looked at after half a minute, two minutes, eight, and so on. */
    private static Instant next(Held held, Instant now) {
        return now.plus(FIRST_PAUSE.multipliedBy(1L << 2 * Math.min(held.looks(), LONGEST)));
    }
}
