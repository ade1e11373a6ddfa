// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import dev.assay.trace.span.SpanMark.Position;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A run of 100,000 spans, every tenth of them no step. What a page reads is counted by the database. */
@TraceServiceTest
class LargeTimelineTests {

    private static final int SPANS = 100_000;

    /** Of those that are inserted here; the broker gave the first span a lower one. */
    private static final long FIRST_SEQ = 1_000_000_000_000L;

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Timeline timeline;

    @Autowired
    private TransactionTemplate transactions;

    private final TeamId team = TeamId.random();
    private final RunId run = new RunId(UUID.randomUUID());
    private TraceClient client;

    @BeforeEach
    void insert() {
        client = new TraceClient(port, team);
        client.send(run.hex(), TestSpans.user(run.hex(), "first", 1, 0));
        await().untilAsserted(() -> assertThat(client.events(run.hex())).hasSize(1));
        // the clock runs backwards: it orders nothing that steps order
        jdbc.sql(
                        """
                        insert into span (day, run, team, span_id, seq, attempt, name, schema, step_id, started_at, ended_at, received_at,
                            failed, size, body)
                        select day, run, team, 's' || n, :firstSeq + n, 0,
                            case when n % 10 = 0 then 'note' else 'step.user' end, case when n % 10 = 0 then null else 'hud.step.v1' end,
                            case when n % 10 = 0 then 2147483647 else n end, timestamptz '2026-11-22Z' - n * interval '1 second',
                            timestamptz '2026-11-22Z', now(), false, 2, '{}'
                        from (select * from run where run = :run) one cross join generate_series(2, :spans) n
                        """)
                .param("run", run.value())
                .param("spans", SPANS)
                .param("firstSeq", FIRST_SEQ)
                .update();
        jdbc.sql("analyze span").update();
    }

    @Test
    void noPageReadsMoreThanStandsOnIt() {
        assertThat(rowsOfPage(Bookmark.BEGINNING)).isBetween(100L, 1500L);
        var middle = new Bookmark(0, -1, new Position(SPANS / 2, Instant.EPOCH, 0), Position.FIRST_OTHER);
        assertThat(rowsOfPage(middle)).isBetween(100L, 1500L);
    }

    @Test
    void allOfItIsToldOnceAndInOrder() {
        var events = client.events(run.hex());

        assertThat(events).hasSize(SPANS);
        var steps = events.valueStream().filter(event -> event.path("kind").asString().equals("user_message")).map(event -> event.path("id").asString());
        assertThat(steps.skip(1).map(id -> Integer.parseInt(id.substring(1))).toList())
                .isEqualTo(IntStream.rangeClosed(2, SPANS).filter(n -> n % 10 != 0).boxed().toList());
        assertThat(client.json("/v2/trace/{run}/timeline?limit=500", run.hex()).path("entries")).hasSize(500);
        var seen = FIRST_SEQ + SPANS - 3;
        var news = client.json("/v2/trace/{run}/events?since_seq={seen}", run.hex(), seen);
        assertThat(news.path("events").valueStream().map(event -> event.path("seq").longValue())).containsExactly(seen + 1, seen + 2, seen + 3);
    }

    /** Asked often enough for the database to have settled on a plan. */
    private long rowsOfPage(Bookmark from) {
        return LongStream.generate(() -> rowsOfOnePage(from)).limit(12).max().getAsLong();
    }

    private long rowsOfOnePage(Bookmark from) {
        return transactions.execute(status -> {
            var before = rowsReadHere();
            var told = timeline.of(run, team);
            var telling = timeline.telling(told.scope(), from, 101);
            var marks = telling.next(100);
            assertThat(marks).hasSize(100);
            timeline.bodies(told.scope(), marks);
            return rowsReadHere() - before;
        });
    }

    private long rowsReadHere() {
        return jdbc.sql("select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_user_tables")
                .query(Long.class)
                .single();
    }
}
