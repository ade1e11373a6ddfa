// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.contracts.ModelId;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.ledger.Ledger;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.kit.web.BytesInFlight;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is recorded or replayed of one call. What the client is told is recorded, so it does not depend on who told it: answers that came
 * whole with a status of 200 and were taken to their end. Errors are not, whoever's they are, nor what broke off.
 */
public final class Recording implements AutoCloseable {

    /** What an answer may have at most, and a request. */
    static final int LARGEST = 4 << 20;

    private static final Logger log = LoggerFactory.getLogger(Recording.class);

    private static final JsonMapper USAGES =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    private final Recordings recordings;
    private final Exchange call;
    private final Wanted wanted;
    private final RecordingRows.Row row;
    private final String scope;
    private final CanonicalRequest asked;
    private final byte[] request;
    private final ObjectNode body;
    private final Secrets secrets;
    private final BytesInFlight.Share share;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private boolean tooLarge;
    private @Nullable Pace pace;

    Recording(
            Recordings recordings,
            Exchange call,
            Wanted wanted,
            RecordingRows.Row row,
            String scope,
            CanonicalRequest asked,
            ObjectNode body,
            Secrets secrets,
            BytesInFlight.Share share) {
        this.recordings = recordings;
        this.call = call;
        this.wanted = wanted;
        this.row = row;
        this.scope = scope;
        this.asked = asked;
        this.request = ModelJson.MAPPER.writeValueAsBytes(asked.request());
        this.body = body;
        this.secrets = secrets;
        this.share = share;
    }

    /** What was read of the call is needed no more. */
    @Override
    public void close() {
        share.close();
    }

    /** Whether the call is answered from the recording, and nobody else is asked. */
    public boolean replays() {
        return wanted.mode() == Mode.REPLAY;
    }

    /** Whether it asks more than a recording takes. */
    boolean isTooLarge() {
        return request.length > LARGEST;
    }

    /** What a replayed call asks, whatever the catalog knows of it. */
    public static ModelResolution model(CallHead head) {
        return new ModelResolution(
                new ModelId(new UUID(0, 0)), head.model(), List.of(new ModelResolution.Target(Ledger.RECORDING, head.model(), 1, 0)));
    }

    /** Sees what goes to the client. */
    public void sees(byte[] bytes, int from, int to) {
        tooLarge |= told.size() + to - from > LARGEST;
        if (!tooLarge) {
            told.write(bytes, from, to - from);
        }
    }

    /** The client has a whole answer, whatever becomes of it here. */
    public void ended() {
        try {
            if (tooLarge) {
                recordings.keeping().lost(row.name(), "it has more than " + LARGEST + " bytes");
            } else {
                keep();
            }
        } catch (RuntimeException | StackOverflowError e) {
            log.error("the answer of call {} cannot be read again", call.id(), e);
            recordings.keeping().lost(row.name(), "it cannot be read again");
        }
    }

    private void keep() {
        var now = recordings.clock().instant();
        var spoken = SpokenAnswer.of(asked.dialect(), asked.streamed(), told.toByteArray());
        if (!RecordingFile.fits(spoken.responseId(), RecordingFile.LONGEST_ID)) {
            recordings.keeping().lost(row.name(), "its id is longer than " + RecordingFile.LONGEST_ID + " characters, or has NUL in it");
            return;
        }
        var clean = spoken.without(secrets, body, asked.model(), now);
        if (clean.isEmpty()) {
            recordings.keeping().lost(row.name(), "there is a secret in it that cannot be taken out");
            return;
        }
        var tally = call.tally();
        var answer = new RecordedCall(
                asked.key(),
                0,
                CanonicalRequest.word(asked.dialect()),
                CanonicalRequest.word(asked.operation()),
                asked.model(),
                asked.streamed(),
                request,
                asked.turns(),
                clean.get().bytes(),
                clean.get().responseId(),
                tally.firstByteNanos == 0 ? null : Duration.ofNanos(tally.firstByteNanos - tally.beganNanos()).toMillis(),
                Duration.ofNanos(System.nanoTime() - tally.beganNanos()).toMillis(),
                tally.usage() == null ? null : USAGES.writeValueAsBytes(tally.usage()));
        recordings.whole().keep(call.id(), wanted, answer);
        recordings.keeping().keep(row.id(), row.name(), scope, answer);
    }

    /**
     * The recorded answer whose turn it is: a stream's events or a body, as the call wants it. What it used is told to the call's tally.
     *
     * @throws ModelErrorException 400 {@code not_recorded}
     */
    public byte[] answer() {
        var now = recordings.clock().instant();
        var same = Recordings.reading(() -> recordings.rows().next(row.id(), scope, asked.key(), now));
        var found = same.or(this::turned).orElseThrow(this::notRecorded);
        usage(found.usage()).ifPresent(call.tally()::told);
        recordings.whole().keep(call.id(), wanted, found);
        pace = Pace.of(call, found.firstMs(), found.totalMs());
        return found.answer();
    }

    /** How fast the answer comes that {@link #answer()} has found. */
    public Pace pace() {
        return Objects.requireNonNull(pace);
    }

    /** What was recorded in the other form, if it can be told in this one. */
    private Optional<RecordedCall> turned() {
        if (asked.operation() != Operation.GENERATE) {
            return Optional.empty();
        }
        var now = recordings.clock().instant();
        return Recordings.reading(() -> recordings.rows().next(row.id(), scope, asked.otherKey(), now)).flatMap(other ->
                SpokenAnswer.of(asked.dialect(), !asked.streamed(), other.answer())
                        .turned(body, asked.model(), now)
                        .map(answer -> other.answered(answer.bytes())));
    }

    private ModelErrorException notRecorded() {
        var near = Recordings.reading(() -> {
            var likely = Nearest.likely(asked, recordings.rows().shorts(row.id()));
            return Nearest.of(asked, likely, key -> recordings.rows().request(row.id(), key)
                    .map(ModelJson.MAPPER::readTree).orElseGet(ModelJson.MAPPER::missingNode));
        });
        return new ModelErrorException(Recordings.refused(
                "not_recorded",
                "The recording '%s' has no answer to this request (%s). %s".formatted(
                        row.name(), asked.key().substring(0, 12), near.map(Nearest.Found::told).orElse("It is empty."))));
    }

    /** @param json null: nobody told */
    static Optional<Usage> usage(byte @Nullable [] json) {
        try {
            return Optional.ofNullable(json).map(told -> USAGES.readValue(told, Usage.class));
        } catch (JacksonException e) {
            return Optional.empty(); // somebody wrote it by hand
        }
    }
}
