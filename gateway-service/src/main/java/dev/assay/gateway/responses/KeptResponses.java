// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.text.StorableText;
import dev.assay.kit.web.BytesInFlight;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.util.unit.DataSize;

/**
 * The responses of each team, so that a call can continue one by its id, also where whoever answers it has never seen that: another
 * upstream, one of another dialect, one that keeps nothing.
 */
@Component
public class KeptResponses {

    /** What answers from scripts keeps nothing. */
    static final String SCRIPTED = "scripted";

    private static final Logger log = LoggerFactory.getLogger(KeptResponses.class);

    /** As rows, as items, as a body. */
    private static final int WEIGHT = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ResponseRows rows;
    private final BytesInFlight inFlight;
    private final Clock clock;
    private final Duration keep;
    private final long largest;

    KeptResponses(
            ResponseRows rows,
            BytesInFlight inFlight,
            Clock clock,
            @Value("${assay.responses.keep}") Duration keep,
            @Value("${assay.body.largest}") DataSize largest) {
        this.rows = rows;
        this.inFlight = inFlight;
        this.clock = clock;
        this.keep = keep;
        this.largest = largest.toBytes();
    }

    /**
     * What one call continues and leaves behind. Of calls of other dialects, and of those that are no part of a conversation, nothing.
     *
     * @throws ModelErrorException 404 if it continues, or names, what its team does not have
     */
    public KeptTurn of(TeamId team, Route route, Body body, CallHead head) {
        var isResponse = route.dialect() == Dialect.RESPONSES && route.operation() == Operation.GENERATE;
        var parent = isResponse && head.continues() != null ? find(team, head.continues()) : null;
        var share = inFlight.open(-1, WEIGHT);
        try {
            var named = isResponse ? named(team, body, share) : null;
            return new KeptTurn(this, team, route, body, head, parent, named, isResponse && head.keeps(), share);
        } catch (RuntimeException e) {
            share.close();
            throw e;
        }
    }

    private @Nullable NamedItems named(TeamId team, Body body, BytesInFlight.Share share) {
        var ids = NamedItems.in(body);
        if (ids.isEmpty()) {
            return null;
        }
        var known = ids.stream().filter(id -> StorableText.of(id).equals(id)).toList();
        cover(reading(() -> rows.lengthWith(team, known, clock.instant())), share);
        var rowsWith = reading(() -> rows.with(team, known, clock.instant()));
        var named = NamedItems.of(body, ids, rowsWith);
        if (named == null) {
            throw itemNotFound(ids);
        }
        return named;
    }

    private static ModelErrorException itemNotFound(Set<String> ids) {
        var message = "Item with id '" + shown(ids.iterator().next()) + "'" + (ids.size() > 1 ? ", or another that is named," : "")
                + " not found. Items are kept with responses whose call did not say store: false.";
        return new ModelErrorException(new ModelError(404, "invalid_request_error", "item_not_found", message, null, null, "input"));
    }

    private ResponseRows.Kept find(TeamId team, String id) {
        if (!StorableText.of(id).equals(id)) {
            throw previousNotFound(id);
        }
        return reading(() -> rows.find(team, id, clock.instant())).orElseThrow(() -> previousNotFound(id));
    }

    /**
     * Everything that was said up to a response, the first turn first.
     *
     * @param share covers it
     */
    List<ResponseRows.Kept> chain(TeamId team, String id, BytesInFlight.Share share) {
        var length = reading(() -> rows.length(team, id));
        cover(length, share);
        var chain = reading(() -> rows.chain(team, id));
        if (chain.isEmpty() || chain.getFirst().parent() != null) {
            throw previousNotFound(id); // its beginning is past its time, or it is longer than a conversation may be
        }
        return chain;
    }

    private void cover(long length, BytesInFlight.Share share) {
        if (length > largest) {
            throw tooLong();
        }
        try {
            share.cover(length, PATIENCE);
        } catch (BytesInFlight.NoRoomException e) {
            throw new ModelErrorException(ModelError.unavailable("Too many long conversations just now: there is no memory for this one. Try again.", 5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelErrorException(ModelError.unavailable("The gateway is stopping. Try again.", 1));
        }
    }

    /** @param items the ids of what the response consists of */
    void keep(TeamId team, ResponseRows.Kept kept, List<String> items) {
        var now = clock.instant();
        reading(() -> {
            rows.keep(team, kept, items, now, now.plus(keep));
            return true;
        });
    }

    long largest() {
        return largest;
    }

    ModelErrorException tooLong() {
        return new ModelErrorException(
                ModelError.of(413, "input: with all that it continues it is longer than the " + largest + " bytes that are taken"));
    }

    private static <T> T reading(Supplier<T> of) {
        try {
            return of.get();
        } catch (DataAccessException | TransactionException e) {
            log.error("kept responses cannot be reached", e);
            throw new ModelErrorException(ModelError.unavailable("Kept responses cannot be reached just now. Try again.", 1));
        }
    }

    private static ModelErrorException previousNotFound(String id) {
        return new ModelErrorException(new ModelError(
                404, "invalid_request_error", KeptTurn.NOT_FOUND, "Previous response with id '" + shown(id) + "' not found.", null,
                null, "previous_response_id"));
    }

    static String shown(String id) {
        return id.length() > 200 ? id.substring(0, 200) + "…" : id;
    }

    /** From the ends of conversations to their beginnings. Any number of replicas may sweep at once. */
    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT1M")
    void sweep() {
        try {
            for (int turn = 0; turn < ResponseRows.LONGEST && rows.sweep(clock.instant()) > 0; turn++) {}
        } catch (DataAccessException | TransactionException e) {
            log.warn("responses that are past their time stay a little longer: {}", e.toString());
        }
    }
}
