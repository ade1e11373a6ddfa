// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where clients put their keys. */
public final class Credentials {

    private Credentials() {}

    /** The key of {@code Authorization: Bearer}. */
    static Optional<String> bearer(HttpServletRequest request) {
        var header = request.getHeader("Authorization");
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(header.substring(7).strip())
                : Optional.empty();
    }

    /**
     * Every key that a model client sent, in the order in which they are tried: a stray key of somebody else's must not lock out a
     * user whose own key stands in another header.
     */
    static List<String> ofModelClient(HttpServletRequest request) {
        var keys = new ArrayList<String>();
        for (var name : List.of("x-goog-api-key", "x-api-key")) {
            var header = request.getHeader(name);
            if (header != null && !header.isBlank()) {
                keys.add(header.strip());
            }
        }
        bearer(request).ifPresent(keys::add);
        parameter(request.getQueryString(), "key").ifPresent(keys::add);
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
