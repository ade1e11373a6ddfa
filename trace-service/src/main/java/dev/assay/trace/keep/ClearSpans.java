// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.keep;

import dev.assay.kit.blob.Blobs;
import dev.assay.trace.ingest.Spool;
import dev.assay.trace.keep.OldSpans.Named;
import dev.assay.trace.keep.Retentions.Team;
import dev.assay.trace.span.Partitions;
import dev.assay.trace.span.SpanStore.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Deletes spans and large contents that were kept for long enough: a few at a time, so that nobody waits for it, and again where it was stopped. */
@Component
class ClearSpans {

    private static final Logger log = LoggerFactory.getLogger(ClearSpans.class);

    private static final int RUNS = 200;
    private static final int SPANS = 1_000;
    private static final int FOLDERS = 256;
    private static final int FOLDERS_AT_ONCE = 11;

    /** The upload that named a blob put it this much later at most. */
    private static final Duration WRITING = Duration.ofHours(1);

    private final Retentions retentions;
    private final OldSpans spans;
    private final Blobs blobs;
    private final Spool spool;
    private final Partitions partitions;
    private final Duration untold;
    private final Clock clock;
    private int nextFolder;

    /** @param retention of the topic: so long a record may be on its way to the table */
    ClearSpans(
            Retentions retentions, OldSpans spans, Blobs spanBlobs, Spool spool, Partitions partitions,
            @Value("${assay.topics.retention}") Duration retention, Clock clock) {
        this.retentions = retentions;
        this.spans = spans;
        this.blobs = spanBlobs;
        this.spool = spool;
        this.partitions = partitions;
        this.untold = retention.plusDays(1);
        this.clock = clock;
    }

    @Scheduled(initialDelayString = "PT15M", fixedDelayString = "PT1H")
    void sweep() {
        try {
            spans.clearedByHandSince(clock.instant().minus(untold)).forEach(one -> clear(one.place(), one.upTo()));
            retentions.all().forEach(this::sweep);
            partitions.dropEmpty();
            clearForgotten();
        } catch (DataAccessException | TransactionException | UncheckedIOException | IOException e) {
            log.warn("old spans stay for another hour: {}", e.toString());
        }
    }

    private void sweep(Team team) {
        var now = clock.instant();
        team.retention().spansBefore(now).ifPresent(before -> clearRuns(team, before));
        team.retention().largeBefore(now).ifPresent(before -> clearContents(team, before));
    }

    private void clearRuns(Team team, Instant before) {
        UUID after = null;
        for (var runs = spans.runsWithSpansBefore(team.id(), before, null, RUNS);
                !runs.isEmpty();
                runs = spans.runsWithSpansBefore(team.id(), before, after, RUNS)) {
            runs.forEach(run -> clear(run, before));
            after = runs.getLast().run().value();
        }
    }

    /** Deletes a run's spans that came before then. */
    void clear(Place run, Instant before) {
        for (var some = spans.delete(run, before, SPANS); !some.isEmpty(); some = spans.delete(run, before, SPANS)) {
            deleteUnnamed(some);
        }
        spans.noteCleared(run, clock.instant());
    }

    /** What of it is still on its way goes when the sweep sees it. */
    void clearByHand(Place run) {
        var upTo = clock.instant();
        spans.noteClearedByHand(run, upTo);
        clear(run, upTo);
    }

    private void clearContents(Team team, Instant before) {
        for (var some = spans.takeContents(team.id(), before, SPANS); !some.isEmpty(); some = spans.takeContents(team.id(), before, SPANS)) {
            deleteUnnamed(some);
        }
    }

    /** What was put again since is perhaps another span's, which is not in the table yet. */
    private void deleteUnnamed(List<@Nullable Named> named) {
        Map<String, Instant> lastNamed = new HashMap<>();
        named.stream().filter(Objects::nonNull)
                .forEach(one -> lastNamed.merge(one.blob(), one.receivedAt(), (first, other) -> first.isAfter(other) ? first : other));
        if (lastNamed.isEmpty()) {
            return;
        }
        for (var blob : spans.unnamed(lastNamed.keySet())) {
            try {
                blobs.deleteUnlessPutSince(blob, lastNamed.get(blob).plus(WRITING));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * What no span has named for longer than one can be on its way: of uploads that were never acknowledged, or put again. A part of them each
     * time: all are looked at in a day. What waits on the spool, or as a dead letter, waits for as long as it takes, and so do they.
     */
    private void clearForgotten() throws IOException {
        if (spool.size() > 0 || spans.areLettersWaiting()) {
            return;
        }
        var before = clock.instant().minus(untold);
        for (var folder = 0; folder < FOLDERS_AT_ONCE; folder++, nextFolder = (nextFolder + 1) % FOLDERS) {
            var old = blobs.putBefore(before, nextFolder);
            if (!old.isEmpty()) {
                for (var blob : spans.unnamed(old)) {
                    blobs.deleteUnlessPutSince(blob, before);
                }
            }
        }
    }
}
