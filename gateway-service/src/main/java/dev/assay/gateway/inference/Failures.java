// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.AskFailure.Kind;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.ProviderError;
import dev.assay.gateway.dialect.RetryAfter;
import dev.assay.kit.web.BytesInFlight;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** What it means when an answer does not come as it should. */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final Duration PATIENCE_WITH_ERRORS = Duration.ofSeconds(5);
    private static final long LARGEST_ERROR = 1 << 20;

    private Failures() {}

    /**
     * What it means that an answer could not be read.
     *
     * @throws AbortedException if it was ended on purpose
     */
    static AskFailure unread(Exchange call, String provider, Exception cause) throws AbortedException {
        call.failIfEnded();
        var late = call.late();
        if (late.isPresent()) {
            return new AskFailure(Kind.LATE, late.get(), cause);
        }
        log.warn("provider {} broke off: {}", provider, cause.toString());
        return switch (cause) {
            case AnswerBytes.TooLargeException large -> new AskFailure(
                    Kind.STRANGE, sent(provider, large.getMessage()).andNoUseTryingAgain(), cause);
            case AnswerBytes.UnknownEncodingException unknown -> new AskFailure(
                    Kind.STRANGE, sent(provider, unknown.getMessage()), cause);
            case BytesInFlight.NoRoomException full -> new AskFailure(
                    Kind.BROKE_OFF,
                    ModelError.unavailable("Too many large answers just now: there is no memory for this one. Try again.", 5),
                    cause);
            default -> new AskFailure(
                    Kind.BROKE_OFF, ModelError.of(502, "The provider '" + provider + "' broke off in the middle of its answer."), cause);
        };
    }

    private static ModelError sent(String provider, @Nullable String how) {
        return ModelError.of(502, "The provider '" + provider + "' sent an answer " + how + ".");
    }

    static AskFailure early(String provider, String how) {
        return new AskFailure(Kind.BROKE_OFF, ModelError.of(502, "The provider '" + provider + "' " + how + "."), null);
    }

    /** An error that came as if it were an answer: when to try again may still stand in the headers. */
    static AskFailure refused(ModelError error, Answer answer, Instant now) {
        var told = error.retryAfter() == null ? error.retryAfter(RetryAfter.in(answer.headers(), now)) : error;
        return new AskFailure(Kind.REFUSED, told, null);
    }

    /** The upstream's own error, so far as it is about its clients. Of one whose body does not come its status is left. */
    static AskFailure status(Exchange call, String provider, Answer answer, BytesInFlight inFlight, Instant now) throws AbortedException {
        var status = answer.status();
        var error = status < 400 ? ProviderError.UNSAID : body(call, answer, inFlight);
        var told = error.told(provider, status, answer.headers(), now);
        if (error.isAboutTheKey(status) || status == 402) {
            log.error("provider {} refuses this platform's key or account ({})", provider, status); // it may quote the key
        } else {
            log.warn("provider {} failed: {} {}", provider, status, told.message());
        }
        return new AskFailure(status < 400 ? Kind.STRANGE : Kind.REFUSED, told, null);
    }

    private static ProviderError body(Exchange call, Answer answer, BytesInFlight inFlight) throws AbortedException {
        call.hurry(PATIENCE_WITH_ERRORS);
        try (var in = new AnswerBytes(answer, LARGEST_ERROR, inFlight)) {
            in.all();
            return read(in.bytes(), in.to());
        } catch (IOException | BytesInFlight.NoRoomException e) {
            call.failIfEnded();
            return ProviderError.UNSAID;
        }
    }

    private static ProviderError read(byte[] bytes, int length) {
        try {
            var body = ModelJson.MAPPER.readTree(bytes, 0, length);
            return ProviderError.in(body).orElseGet(() -> ProviderError.of(body));
        } catch (JacksonException e) {
            return ProviderError.inText(new String(bytes, 0, length, StandardCharsets.UTF_8));
        }
    }
}
