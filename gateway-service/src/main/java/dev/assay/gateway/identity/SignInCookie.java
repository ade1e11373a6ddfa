// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.routing.PublicAddress;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/**
 * The cookie that holds a browser's token. No script can read it and no other site's page can send it. Under https its name makes
 * browsers refuse it from anybody but this very host, so that a neighbour's page cannot sign somebody in unnoticed.
 */
@Component
class SignInCookie {

    static final String NAME = "assay-sign-in";
    static final String SECURE_NAME = "__Host-" + NAME;

    private final PublicAddress address;

    SignInCookie(PublicAddress address) {
        this.address = address;
    }

    Optional<String> read(HttpServletRequest request) {
        var cookies = request.getCookies();
        var name = name(request);
        return cookies == null
                ? Optional.empty()
                : Stream.of(cookies).filter(cookie -> cookie.getName().equals(name)).map(cookie -> cookie.getValue()).findFirst();
    }

    void set(HttpServletRequest request, HttpServletResponse response, String token, Duration lifetime) {
        var cookie = ResponseCookie.from(name(request), token)
                .httpOnly(true)
                .secure(isSecure(request))
                .sameSite("Strict")
                .path("/")
                .maxAge(lifetime);
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.build().toString());
    }

    void clear(HttpServletRequest request, HttpServletResponse response) {
        set(request, response, "", Duration.ZERO);
    }

    private String name(HttpServletRequest request) {
        return isSecure(request) ? SECURE_NAME : NAME;
    }

    private boolean isSecure(HttpServletRequest request) {
        return address.of(request).startsWith("https:");
    }
}
