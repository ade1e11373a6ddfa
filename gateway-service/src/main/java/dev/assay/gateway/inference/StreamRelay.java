// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.client.ClientConnection;
import dev.assay.gateway.client.ClientGoneException;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ProviderError;
import dev.assay.gateway.dialect.ModelJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Passes a provider's events on. A stream that breaks off, says nothing for too long or ends without an answer ends in an error event: what
 * looks like a clean end would be taken for a short answer. What goes wrong before anything was sent is an error with a status of its own.
 */
final class StreamRelay {

    private final String provider;
    private final InferenceSettings settings;
    private final HttpServletResponse response;
    private final ClientConnection client;
    private final Instant now;
    private final boolean withUsage;
    private final String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
    private final ToolCallIds calls = new ToolCallIds();
    private @Nullable EventStream to;
    private long wrote = System.nanoTime();
    private boolean answered;
    private boolean finished;

    StreamRelay(
            String provider, InferenceSettings settings, ModelCall call, HttpServletResponse response, ClientConnection client, Instant now) {
        this.provider = provider;
        this.settings = settings;
        this.response = response;
        this.client = client;
        this.now = now;
        this.withUsage = call.body().path("stream_options").path("include_usage").asBoolean(false);
    }

    /** @param asked when the call was sent, on the clock of {@link System#nanoTime()} */
    void relay(ProviderAnswer from, long asked) throws IOException, InterruptedException {
        try {
            while (!pass(from, asked)) {}
        } catch (ModelErrorException e) {
            if (to == null) {
                throw e;
            }
            to.data(e.error().body());
        }
    }

    /** Passes one piece on, or waits a little for it; true at the end. */
    private boolean pass(ProviderAnswer from, long asked) throws IOException, InterruptedException {
        failIfLate(from, asked);
        switch (from.next(UpstreamProvider.LOOK)) {
            case null -> {
                pause();
                return false;
            }
            case ProviderAnswer.Piece.Event(var name, var data) when data.isBlank() -> {
                return false;
            }
            case ProviderAnswer.Piece.Event(var name, var data) when data.strip().equals("[DONE]") -> end(answered, "ended its stream without an answer");
            case ProviderAnswer.Piece.Event(var name, var data) -> {
                event(name, data);
                return false;
            }
            case ProviderAnswer.Piece.Whole(var bytes) -> {
                for (var chunk : ChatAnswer.chunks(ChatAnswer.completion(provider, bytes, now).body(), withUsage)) {
                    begun().text(ModelJson.MAPPER.writeValueAsString(chunk));
                }
                begun().done();
            }
            // some providers forget the last line, none the reason
            case ProviderAnswer.Piece.End() -> end(finished, "ended its stream early");
            case ProviderAnswer.Piece.Broken(var cause) -> throw UpstreamProvider.broken(provider, cause);
        }
        return true;
    }

    private void end(boolean whole, String otherwise) throws IOException {
        if (!whole) {
            throw failed(502, otherwise);
        }
        begun().done();
    }

    private void event(String name, String data) throws IOException {
        var chunk = chunk(provider, name, data);
        var choices = chunk.path("choices");
        if (!choices.isEmpty() && choices.valueStream().allMatch(choice -> choice.path("message").isObject() && !choice.has("delta"))) {
            for (var piece : ChatAnswer.chunks(chunk, false)) {
                send(piece, null);
            }
        } else if (choices.isArray()) {
            send(chunk, data);
        }
    }

    /** @throws ModelErrorException if the event is an error, or nothing that has a message */
    static ObjectNode chunk(String provider, String name, String data) {
        try {
            var json = ModelJson.MAPPER.readTree(data);
            if (name.equals("error")) {
                var error = ProviderError.in(json).orElseGet(() -> ProviderError.of(json));
                throw new ModelErrorException(error.told(provider, error.impliedStatus()));
            }
            ChatAnswer.failIfError(provider, json);
            if (json instanceof ObjectNode object && ChatAnswer.areShaped(object.path("choices"))) {
                return object;
            }
        } catch (JacksonException e) {
            throw ChatAnswer.strange(provider, "holds an event that is no JSON", data);
        }
        throw ChatAnswer.strange(provider, "holds an event without a message", data);
    }

    /** @param data the chunk as it came; null: it was made here */
    private void send(ObjectNode chunk, @Nullable String data) throws IOException {
        var mended = ChatAnswer.complete(chunk, "chat.completion.chunk", id, now);
        for (var choice : chunk.path("choices")) {
            mended |= calls.mendPiece(choice.path("index").asInt(0), choice.path("delta"));
            answered = true;
            finished |= choice.path("finish_reason").isString();
        }
        begun().text(mended || data == null || data.indexOf('\n') >= 0 ? ModelJson.MAPPER.writeValueAsString(chunk) : data);
        wrote = System.nanoTime();
    }

    /** However busy the provider seems: one that never comes to an end is not listened to for ever. */
    private void failIfLate(ProviderAnswer from, long asked) {
        if (!answered && isOver(asked, settings.timeout())) {
            throw failed(504, "did not begin to answer within " + settings.timeout());
        }
        if (isOver(from.heardNanos(), settings.idle())) {
            throw failed(504, "said nothing for " + settings.idle() + " in the middle of its answer");
        }
        if (isOver(asked, settings.longest())) {
            throw failed(504, "did not end its answer within " + settings.longest());
        }
    }

    private void pause() throws IOException {
        if (client.gone()) {
            throw new ClientGoneException();
        }
        if (isOver(wrote, settings.keepAlive())) {
            begun().comment();
            wrote = System.nanoTime();
        }
    }

    private static boolean isOver(long since, Duration most) {
        return System.nanoTime() - since > most.toNanos();
    }

    private ModelErrorException failed(int status, String how) {
        return new ModelErrorException(ModelError.of(status, "The provider '" + provider + "' " + how + "."));
    }

    private EventStream begun() throws IOException {
        if (to == null) {
            to = new EventStream(response);
        }
        return to;
    }
}
