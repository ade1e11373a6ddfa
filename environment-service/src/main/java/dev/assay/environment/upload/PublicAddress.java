// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Where the caller found the platform: the gateway says so, and what it does not say is as the request itself has it. */
final class PublicAddress {

    private PublicAddress() {}

    /** Scheme, host, port and path prefix, without a slash at the end. */
    static String of(HttpServletRequest request) {
        var scheme = first(request.getHeader("X-Forwarded-Proto"));
        var host = first(request.getHeader("X-Forwarded-Host"));
        var prefix = first(request.getHeader("X-Forwarded-Prefix"));
        if (host == null) {
            host = request.getHeader("Host");
        }
        if (host == null) {
            host = request.getServerName() + ":" + request.getServerPort();
        }
        var address = (scheme == null ? request.getScheme() : scheme) + "://" + host;
        return prefix == null || prefix.equals("/") ? address : address + "/" + prefix.replaceAll("^/+|/+$", "");
    }

    private static @Nullable String first(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return null;
        }
        int comma = header.indexOf(',');
        return (comma < 0 ? header : header.substring(0, comma)).strip();
    }
}
