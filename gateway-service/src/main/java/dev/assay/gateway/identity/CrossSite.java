// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a browser's cookie and other sites' pages. A request that changes something and has nothing but the cookie to
 * speak for it must carry a header that a page elsewhere cannot set without asking first (this gateway grants no such asking), and
 * must not say that it comes from elsewhere.
 *
 * @param marker the header {@code X-Requested-With}
 * @param origin the header {@code Origin}
 * @param site the header {@code Sec-Fetch-Site}
 */
record CrossSite(String method, @Nullable String marker, @Nullable String origin, @Nullable String site) {

    static final String MARKER = "X-Requested-With";
    private static final Set<String> READING = Set.of("GET", "HEAD");

    /**
     * Why the request is refused; null if it is not.
     *
     * @param ours the addresses under which browsers know this gateway
     */
    @Nullable String refusal(List<String> ours) {
        if (READING.contains(method)) {
            return null;
        }
        if (site != null && !site.equals("same-origin") || origin != null && ours.stream().noneMatch(own -> same(own, origin))) {
            return "This request comes from a page of another origin" + (origin == null ? "." : " (" + origin + "), not from "
                    + String.join(" or ", ours) + ". If that is this gateway, its ASSAY_PUBLIC_URL should say so.");
        }
        return marker == null || marker.isBlank()
                ? "A request that a cookie speaks for needs the header '" + MARKER
                        + "'. Scripts send 'Authorization: Bearer <key>' instead."
                : null;
    }

    private static boolean same(String one, String other) {
        try {
            var left = URI.create(one);
            var right = URI.create(other);
            return left.getHost() != null && right.getHost() != null && left.getScheme().equals(right.getScheme())
                    && left.getHost().toLowerCase(Locale.ROOT).equals(right.getHost().toLowerCase(Locale.ROOT))
                    && port(left) == port(right);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
    }
}
