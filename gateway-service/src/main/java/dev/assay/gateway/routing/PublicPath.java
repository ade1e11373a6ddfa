// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import java.util.Optional;
import java.util.regex.Pattern;

/** A request's path as sent, percent-encoding included, that means the same to everybody who reads it. */
record PublicPath(String value) {

    private static final Pattern SLASHES = Pattern.compile("/{2,}");
    // A dot segment, written in any way, would let the doors see one path and a service another. An encoded slash or backslash is not
    // decoded on either side, so it parts nothing.
    private static final Pattern AMBIGUOUS = Pattern.compile("(?i)[;\\\\]|%00|(^|/)(\\.|%2e){1,2}(/|$)");

    /** The path with doubled slashes collapsed, as clients send them when a base URL ends in one; empty if it is ambiguous. */
    static Optional<PublicPath> of(String raw) {
        return AMBIGUOUS.matcher(raw).find() ? Optional.empty() : Optional.of(new PublicPath(SLASHES.matcher(raw).replaceAll("/")));
    }
}
