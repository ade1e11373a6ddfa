// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.routing.PublicAddress;
import dev.assay.kit.identity.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Requests that a browser's cookie speaks for. */
@Component
class Browsers {

    private final SignIns signIns;
    private final SignInCookie cookie;
    private final PublicAddress address;

    Browsers(SignIns signIns, SignInCookie cookie, PublicAddress address) {
        this.signIns = signIns;
        this.cookie = cookie;
        this.address = address;
    }

    /**
     * Whether it is the cookie that speaks for a request: a key in the request goes first, and below {@code /inference}, {@code /runtime}
     * and {@code /telemetry} browsers have no business.
     */
    boolean speakFor(HttpServletRequest request) {
        return request.getHeader("Authorization") == null
                && request.getRequestURI().startsWith("/v2/")
                && cookie.read(request).isPresent();
    }

    /** Who signed the browser in; empty if nobody did or it is over. */
    Optional<Caller> caller(HttpServletRequest request) {
        return cookie.read(request).flatMap(signIns::holder);
    }

    /** Why a request does not count although its cookie is good; null if it does. */
    @Nullable String refusal(HttpServletRequest request) {
        return new CrossSite(
                        request.getMethod(),
                        request.getHeader(CrossSite.MARKER),
                        request.getHeader("Origin"),
                        request.getHeader("Sec-Fetch-Site"))
                .refusal(address.all(request));
    }
}
