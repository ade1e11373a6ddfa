// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/** Which headers of a request or an answer travel on. */
final class ForwardedHeaders {

    /** They are about one connection, not about the message. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade");

    private static final String REQUEST_ID = "x-request-id";

    /** They are the gateway's to say: who calls, how long the body is, who asked from where, under which id, until when. */
    private static final Set<String> OURS = Set.of(
            "host", "content-length", "expect", "authorization", "x-api-key", "x-goog-api-key", "cookie", "forwarded", "x-forwarded-for",
            "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-proto", REQUEST_ID, "x-deadline", "x-request-timeout");

    private ForwardedHeaders() {}

    static void ofRequest(HttpServletRequest request, BiConsumer<String, String> to) {
        var named = namedIn(request.getHeaders("Connection"));
        for (var names = request.getHeaderNames(); names.hasMoreElements(); ) {
            var name = names.nextElement();
            var lower = name.toLowerCase(Locale.ROOT);
            if (HOP_BY_HOP.contains(lower) || OURS.contains(lower) || named.contains(lower)) {
                continue;
            }
            for (var values = request.getHeaders(name); values.hasMoreElements(); ) {
                to.accept(name, values.nextElement());
            }
        }
    }

    static void ofAnswer(java.net.http.HttpHeaders headers, BiConsumer<String, String> to) {
        var named = new HashSet<String>();
        headers.allValues("connection").forEach(value -> add(named, value));
        headers.map().forEach((name, values) -> {
            var lower = name.toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(lower) && !named.contains(lower) && !lower.equals(REQUEST_ID)) {
                values.forEach(value -> to.accept(name, value));
            }
        });
    }

    private static Set<String> namedIn(Enumeration<String> connection) {
        var named = new HashSet<String>();
        while (connection.hasMoreElements()) {
            add(named, connection.nextElement());
        }
        return named;
    }

    private static void add(Set<String> named, String value) {
        for (var name : value.split(",")) {
            named.add(name.strip().toLowerCase(Locale.ROOT));
        }
    }
}
