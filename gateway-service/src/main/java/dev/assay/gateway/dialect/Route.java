// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a path asks for. Which dialect it is follows from the path, never from a header.
 *
 * @param model as the path names it (Gemini), decoded once; null: the body names it
 * @param streamed whether the path itself asks for a stream (Gemini); else the body may
 */
public record Route(Dialect dialect, Operation operation, @Nullable String model, boolean streamed) {

    /** Below it stand the same calls as below {@code /inference/}; a signed-in browser's cookie may speak for them. */
    public static final String PLAYGROUND = "/v2/playground/";

    private static final String BASE = "/inference/";
    private static final String MODELS = "v1beta/models/";
    private static final String FIRST_MODELS = "v1/models/";
    private static final String TUNED_MODELS = "v1beta/tunedModels/";

    /**
     * Which model call this is; empty: none (a list, a probe, a kept response, nothing at all).
     *
     * @param rawPath as it was sent, percent-encoding included, in the one spelling that the gateway lets in; without its query
     */
    public static Optional<Route> of(String method, String rawPath) {
        if (!method.equals("POST") || !rawPath.startsWith(BASE) && !rawPath.startsWith(PLAYGROUND)) {
            return Optional.empty();
        }
        var path = rawPath.substring((rawPath.startsWith(BASE) ? BASE : PLAYGROUND).length());
        if (path.startsWith(MODELS)) {
            return gemini(path.substring(MODELS.length()), "");
        }
        if (path.startsWith(FIRST_MODELS)) {
            return gemini(path.substring(FIRST_MODELS.length()), "");
        }
        if (path.startsWith(TUNED_MODELS)) {
            return gemini(path.substring(TUNED_MODELS.length()), "tunedModels/");
        }
        return switch (path) {
            case "chat/completions", "v1/chat/completions" -> of(Dialect.CHAT, Operation.GENERATE);
            case "embeddings", "v1/embeddings" -> of(Dialect.CHAT, Operation.EMBED);
            case "responses", "v1/responses" -> of(Dialect.RESPONSES, Operation.GENERATE);
            case "v1/messages" -> of(Dialect.MESSAGES, Operation.GENERATE);
            case "v1/messages/count_tokens" -> of(Dialect.MESSAGES, Operation.COUNT_TOKENS);
            default -> Optional.empty();
        };
    }

    private static Optional<Route> of(Dialect dialect, Operation operation) {
        return Optional.of(new Route(dialect, operation, null, false));
    }

    /** The model is everything before the last colon: its slashes are not escaped. */
    private static Optional<Route> gemini(String name, String prefix) {
        var colon = name.lastIndexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        // A plus is a plus in a path.
        var model = prefix + URLDecoder.decode(name.substring(0, colon).replace("+", "%2B"), StandardCharsets.UTF_8);
        return switch (name.substring(colon + 1)) {
            case "generateContent" -> gemini(Operation.GENERATE, model, false);
            case "streamGenerateContent" -> gemini(Operation.GENERATE, model, true);
            case "countTokens" -> gemini(Operation.COUNT_TOKENS, model, false);
            case "embedContent" -> gemini(Operation.EMBED, model, false);
            case "batchEmbedContents" -> gemini(Operation.EMBED_BATCH, model, false);
            default -> Optional.empty();
        };
    }

    private static Optional<Route> gemini(Operation operation, String model, boolean streamed) {
        return Optional.of(new Route(Dialect.GEMINI, operation, model, streamed));
    }
}
