// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.util.regex.Pattern;

/** Which credential a path asks for. */
enum Door {
    /** Anybody: the pages, the documentation, health. */
    OPEN,
    /** The request carries a grant of its own, which its service checks. */
    GRANT,
    /** The operator's token. */
    ADMIN,
    /** An API key. */
    KEY,
    /** An API key, or the key of the run that the spans are of. */
    SPANS,
    /** An API key or the key of a living run, in any of the headers that model clients use. */
    INFERENCE;

    static final Pattern SPAN_UPLOAD = Pattern.compile("/telemetry/v3/api/trace/(?<run>[^/]+)/telemetry-upload");
    private static final Pattern BUILD_LOG = Pattern.compile("/v2/builds/[^/]+/logs");

    /** @param path without doubled slashes or dot segments */
    static Door of(String path) {
        if (path.startsWith("/v2/uploads/")) {
            return GRANT;
        }
        if (under(path, "/v2/admin")) {
            return ADMIN;
        }
        // Signing in and out looks at key and cookie itself.
        if (path.equals("/v2/auth/session")) {
            return OPEN;
        }
        // A WebSocket is let in first and turned away by a close code: its clients cannot read a refused handshake.
        if (path.equals("/telemetry/v3/api/sdk-events/cli") || BUILD_LOG.matcher(path).matches()) {
            return OPEN;
        }
        if (SPAN_UPLOAD.matcher(path).matches()) {
            return SPANS;
        }
        if (path.equals("/inference") || path.equals("/inference/")) {
            return OPEN;
        }
        if (under(path, "/inference")) {
            return INFERENCE;
        }
        return under(path, "/v2") || under(path, "/telemetry") || under(path, "/runtime") || under(path, "/rl") ? KEY : OPEN;
    }

    private static boolean under(String path, String prefix) {
        return path.equals(prefix) || path.startsWith(prefix + "/");
    }
}
