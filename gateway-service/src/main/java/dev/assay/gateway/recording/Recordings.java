// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.identity.ModelClients.ModelClient;
import dev.assay.kit.web.BytesInFlight;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is recorded or replayed of each call: as its header says; else as is set for its run's job; else for its key. A call of which
 * nothing is costs a look into memory.
 */
@Component
public class Recordings {

    private static final Logger log = LoggerFactory.getLogger(Recordings.class);

    /** What was asked again and again is counted from the beginning once nobody has asked for so long. */
    private static final Duration COUNTED = Duration.ofDays(7);

    /** What is read of a body at most: pictures in it are long, and kept as their hashes. */
    private static final int LARGEST_BODY = 4 * Recording.LARGEST;
    /** How many bytes of memory one byte of a body takes as two trees, were it nothing but small objects. */
    private static final int WEIGHT = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final RecordedJobs jobs;
    private final RecordingRows rows;
    private final CallPlaces places;
    private final Keeping keeping;
    private final WholeCalls whole;
    private final BytesInFlight inFlight;
    private final Clock clock;

    Recordings(
            RecordedJobs jobs,
            RecordingRows rows,
            CallPlaces places,
            Keeping keeping,
            WholeCalls whole,
            BytesInFlight inFlight,
            Clock clock) {
        this.jobs = jobs;
        this.rows = rows;
        this.places = places;
        this.keeping = keeping;
        this.whole = whole;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    /**
     * What is recorded or replayed of a call; null: nothing.
     *
     * @throws ModelErrorException 400 if the header cannot be read or the recording is full, 403 if a run's key brings one, 503 if it
     *     cannot be told just now
     */
    public @Nullable Recording of(Exchange call, ModelClient who, CallHead head, Body body) {
        var header = call.request().first(Wanted.HEADER);
        var team = call.caller().team();
        var ofTeam = jobs.of(team);
        if (header.isEmpty() && ofTeam.jobs().isEmpty() && who.recording() == null) {
            return null;
        }
        if (header.isPresent() && call.caller().run() != null) {
            throw new ModelErrorException(ModelError.of(403, Wanted.HEADER + ": a run's calls follow its job; its key decides nothing"));
        }
        var place = places.of(call, team, header.isEmpty() && !ofTeam.jobs().isEmpty(), header.isEmpty() && ofTeam.lately(),
                ofTeam.replayedLately());
        var wanted = header.isPresent()
                ? Wanted.ofHeader(header.get())
                : place.job() != null && ofTeam.jobs().containsKey(place.job().value())
                        ? ofTeam.jobs().get(place.job().value())
                        : ofKey(who);
        if (wanted == null) {
            return null;
        }
        Pace.check(call);
        var latest = header.isPresent() ? null : ofTeam.latest().get(wanted);
        return recording(call, wanted, place.scope(latest), place, head, body);
    }

    private static @Nullable Wanted ofKey(ModelClient who) {
        return who.recording() == null ? null : RecordingFilter.wanted(who.recording());
    }

    private Recording recording(Exchange call, Wanted wanted, String scope, CallPlaces.Place place, CallHead head, Body body) {
        if (!RecordingFile.fits(head.model(), RecordingFile.LONGEST_NAME)) {
            throw new ModelErrorException(ModelError.of(404, "There is no model with such a name: it is longer than "
                    + RecordingFile.LONGEST_NAME + " characters, or has NUL in it."));
        }
        if (body.length() > Math.min(LARGEST_BODY, inFlight.largest(WEIGHT))) {
            throw new ModelErrorException(tooLarge(wanted, "bodies", Math.min(LARGEST_BODY, inFlight.largest(WEIGHT))));
        }
        var share = inFlight.open(body.length(), WEIGHT);
        try {
            share.cover(body.length(), PATIENCE);
            return recording(call, wanted, scope, place, head, body, share);
        } catch (BytesInFlight.NoRoomException e) {
            share.close();
            throw new ModelErrorException(
                    ModelError.unavailable("Too many large requests just now: there is no memory for this one. Try again.", 1));
        } catch (InterruptedException e) {
            share.close();
            Thread.currentThread().interrupt();
            throw new ModelErrorException(ModelError.unavailable("The gateway is stopping. Try again.", 1));
        } catch (RuntimeException | Error e) {
            share.close();
            throw e;
        }
    }

    private static ModelError tooLarge(Wanted wanted, String what, long most) {
        return refused(
                wanted.mode() == Mode.RECORD ? "recording_full" : "not_recorded",
                "A recording takes " + what + " of at most " + most + " bytes.");
    }

    private Recording recording(
            Exchange call, Wanted wanted, String scope, CallPlaces.Place place, CallHead head, Body body, BytesInFlight.Share share) {
        var team = call.caller().team();
        var row = reading(() -> wanted.mode() == Mode.RECORD
                ? rows.findOrMake(team, wanted.name(), Ignored.ALWAYS, clock.instant())
                : rows.find(team, wanted.name()));
        if (row.isEmpty()) {
            throw new ModelErrorException(wanted.mode() == Mode.RECORD
                    ? refused("recording_full", "Your team has " + RecordingRows.MOST_RECORDINGS + " recordings already: delete one.")
                    : refused("not_recorded", "Your team has no recording '" + wanted.name() + "'."));
        }
        if (wanted.mode() == Mode.RECORD && row.get().isFull()) {
            throw new ModelErrorException(full(row.get()));
        }
        var tree = tree(body);
        var secrets = new Secrets(keys(call));
        var reading = new CanonicalRequest.Reading(
                secrets, new Ignored(row.get().ignore()), place.own(), id -> previous(call, row.get(), wanted.mode(), id));
        var canonical = CanonicalRequest.of(call.route().dialect(), call.route().operation(), head.model(), head.streamed(), tree, reading);
        var recording = new Recording(this, call, wanted, row.get(), scope, canonical, tree, secrets, share);
        if (recording.isTooLarge()) {
            throw new ModelErrorException(tooLarge(wanted, "requests", Recording.LARGEST));
        }
        return recording;
    }

    static ModelError refused(String code, String message) {
        return new ModelError(400, "invalid_request_error", code, message, null, false);
    }

    static ModelError full(RecordingRows.Row row) {
        return refused("recording_full", "The recording '%s' is full: it has %d answers of %d bytes, of at most %d and %d.".formatted(
                row.name(), row.calls(), row.bytes(), RecordingRows.MOST_CALLS, RecordingRows.MOST_BYTES));
    }

    private static ObjectNode tree(Body body) {
        try {
            if (ModelJson.MAPPER.readTree(body.bytes(), 0, body.length()) instanceof ObjectNode tree) {
                return tree;
            }
        } catch (JacksonException e) {
            throw new ModelErrorException(ModelError.badRequest("body", "not valid JSON"));
        }
        throw new ModelErrorException(ModelError.badRequest("body", "must be a JSON object"));
    }

    /** What the caller itself came in with. */
    private static Set<String> keys(Exchange call) {
        var keys = new HashSet<String>();
        for (var name : new String[] {"x-goog-api-key", "x-api-key", "authorization"}) {
            call.request().first(name).ifPresent(value -> keys.add(value.substring(value.lastIndexOf(' ') + 1)));
        }
        return keys;
    }

    /** A client may continue a response in the moment before it is written down: it is waited for. */
    private String previous(Exchange call, RecordingRows.Row row, Mode mode, String id) {
        for (var turn = 0; ; turn++) {
            var answered = reading(() -> rows.answered(row.id(), id));
            if (answered.isPresent()) {
                return answered.get();
            }
            if (mode == Mode.REPLAY || turn == 20) {
                return id;
            }
            try {
                call.pause(Duration.ofMillis(100));
            } catch (AbortedException e) {
                return id; // whoever waits for its end finds out
            }
        }
    }

    static <T> T reading(Supplier<T> of) {
        try {
            return of.get();
        } catch (DataAccessException | TransactionException e) {
            log.error("recordings cannot be reached", e);
            throw unavailable();
        }
    }

    static ModelErrorException unavailable() {
        return new ModelErrorException(ModelError.unavailable("Recordings cannot be reached just now. Try again.", 1));
    }

    Keeping keeping() {
        return keeping;
    }

    RecordingRows rows() {
        return rows;
    }

    WholeCalls whole() {
        return whole;
    }

    Clock clock() {
        return clock;
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT5M")
    void sweep() {
        try {
            rows.sweep(clock.instant().minus(COUNTED));
            jobs.sweep(clock.instant().minus(RecordedJobs.KEPT));
        } catch (DataAccessException | TransactionException e) {
            log.warn("what is over of recordings stays a little longer: {}", e.toString());
        }
    }
}
