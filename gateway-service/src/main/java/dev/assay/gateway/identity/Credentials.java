// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where clients put their keys. */
public final class Credentials {

    private static final List<String> OF_MODEL_CLIENTS = List.of("x-goog-api-key", "x-api-key");

    private Credentials() {}

    /** The key of {@code Authorization: Bearer}. */
    static Optional<String> bearer(HttpServletRequest request) {
        return bearer(request.getHeader("Authorization"));
    }

    private static Optional<String> bearer(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(header.substring(7).strip())
                : Optional.empty();
    }

    /**
     * Every key that a model client sent, in the order in which they are tried: a stray key of somebody else's must not lock out a
     * user whose own key stands in another header.
     *
     * @param headers gives a header by its name
     */
    static List<String> ofModelClient(Function<String, @Nullable String> headers, @Nullable String query) {
        var keys = new ArrayList<String>(1);
        for (var name : OF_MODEL_CLIENTS) {
            var header = headers.apply(name);
            if (header != null && !header.isBlank()) {
                keys.add(header.strip());
            }
        }
        bearer(headers.apply("Authorization")).ifPresent(keys::add);
        parameter(query, "key").ifPresent(keys::add);
        return keys;
    }

    /** One parameter of a query, read from the query itself: asking the servlet API for it may eat the request's body. */
    public static Optional<String> parameter(@Nullable String query, String name) {
        if (query == null) {
            return Optional.empty();
        }
        for (var pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                try {
                    return Optional.of(URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
