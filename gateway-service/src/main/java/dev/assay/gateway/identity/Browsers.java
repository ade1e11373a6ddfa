// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

import dev.assay.gateway.identity.ModelClients.ModelClient;
import dev.assay.gateway.routing.PublicAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;

/** Requests that a browser's cookie speaks for. */
@Component
class Browsers {

    private static final RequestMatcher PLACES = new OrRequestMatcher(pathPattern("/v2/**"), pathPattern("/v3/api-docs"));

    private final SignIns signIns;
    private final SignInCookie cookie;
    private final PublicAddress address;

    Browsers(SignIns signIns, SignInCookie cookie, PublicAddress address) {
        this.signIns = signIns;
        this.cookie = cookie;
        this.address = address;
    }

    /**
     * Whether it is the cookie that speaks for a request: a key in the request goes first, and outside {@code /v2} and what describes it
     * browsers have no business.
     */
    boolean speakFor(HttpServletRequest request) {
        return PLACES.matches(request) && isAlone(request);
    }

    /** Whether a request has a cookie of ours and no key. */
    boolean isAlone(HttpServletRequest request) {
        return request.getHeader("Authorization") == null && cookie.read(request).isPresent();
    }

    /** Who signed the browser in; empty if nobody did or it is over. */
    Optional<Entrant> entrant(HttpServletRequest request) {
        return cookie.read(request)
                .flatMap(token -> signIns.holder(token)
                        .map(holder -> ScopeRules.admit(
                                holder, request.getMethod(), request.getRequestURI(), () -> signIns.holder(token))));
    }

    /** The same, as one who calls models. */
    Optional<ModelClient> modelClient(HttpServletRequest request) {
        return cookie.read(request)
                .flatMap(token -> signIns.holder(token)
                        .map(holder -> ModelClients.client(
                                holder, ByteBuffer.wrap(new KeyText(token).hash()), () -> signIns.holder(token))));
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
