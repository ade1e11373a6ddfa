// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.trace.search.DueRuns.Held;
import dev.assay.trace.span.SpanStore;
import dev.assay.trace.timeline.ToldRuns;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Reads what was said in runs, so that they are found by it: beside the way of their spans, and a few at a time. */
@Component
class ReadRuns {

    static final String SET_ASIDE = "assay.search.aside";
    private static final String BEHIND = "assay.search.behind";

    private static final Logger log = LoggerFactory.getLogger(ReadRuns.class);
    private static final int AT_ONCE = 10;

    private static final Duration TURN = Duration.ofMillis(100);

    /** So many times as long as it took, then others go on: reading has a tenth of one processor's time, and less where none is idle. */
    private static final int REST = 9;

    /** A run that fails so often is looked at once a day from then on. */
    static final int MOST_TRIES = 4;

    private final DueRuns due;
    private final SpanStore spans;
    private final ToldRuns told;
    private final Clock clock;
    private final Counter aside;
    private final AtomicLong secondsBehind = new AtomicLong();
    private long restUntil = System.nanoTime();

    ReadRuns(DueRuns due, SpanStore spans, ToldRuns told, Clock clock, MeterRegistry meters) {
        this.due = due;
        this.spans = spans;
        this.told = told;
        this.clock = clock;
        this.aside = meters.counter(SET_ASIDE);
        meters.gauge(BEHIND, secondsBehind);
    }

    @Scheduled(fixedDelayString = "PT1S", initialDelayString = "PT5S")
    void sweep() {
        var begun = System.nanoTime();
        if (begun - restUntil < 0) {
            return;
        }
        try {
            while (sweep(clock.instant()) && System.nanoTime() - begun < TURN.toNanos()) {
                // the next ones
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("Runs are read for search later: {}", e.toString());
        }
        var ended = System.nanoTime();
        restUntil = ended + REST * (ended - begun);
    }

    /** @return whether there may be more */
    boolean sweep(Instant now) {
        var taken = due.take(now, AT_ONCE);
        secondsBehind.set(taken.stream().mapToLong(held -> Duration.between(held.due(), now).toSeconds()).max().orElse(0));
        for (var held : taken) {
            try {
                read(held, now);
            } catch (RuntimeException e) {
                failed(held, now, e);
            }
        }
        return taken.size() == AT_ONCE;
    }

    private void read(Held held, Instant now) {
        var seq = spans.latestSeq(held.place());
        if (held.readSeq() != null && held.readSeq() == seq && held.readRevision() != null && held.readRevision() == held.revision()) {
            due.leave(held, now);
            return;
        }
        var said = new Said(held.error());
        told.tell(held.place(), () -> !said.isFull(), (mark, entry) -> {
            if (mark.tool() != null) {
                said.tool(mark.tool());
            }
            if (entry != null) {
                said.entry(entry);
            }
        });
        due.store(held, seq, said, now);
    }

    /** The others go on. While nothing can be written down, this one is held until its time is over. */
    private void failed(Held held, Instant now, RuntimeException failure) {
        log.warn("Run {} cannot be read for search: {}", held.place().run(), failure.toString());
        if (held.tries() + 1 < MOST_TRIES) {
            due.failed(held, now.plus(Duration.ofMinutes(1L + held.tries())));
        } else {
            aside.increment();
            due.failed(held, now.plus(Duration.ofDays(1)));
        }
    }
}
