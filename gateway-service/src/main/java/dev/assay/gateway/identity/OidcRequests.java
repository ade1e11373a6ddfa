// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.sealing.SecretBox;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.stereotype.Component;

/**
 * Sign-ins that have gone to the provider and not come back. Each is kept by its own browser, in a cookie that we alone can open, so that
 * any replica can take it up, and so that nobody can be made to end a sign-in that somebody else began. A browser has one at a time.
 */
@Component
class OidcRequests implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    static final String NAME = "assay-oidc";
    static final String SECURE_NAME = "__Host-" + NAME;
    static final Duration LIFETIME = Duration.ofMinutes(10);

    /** Where the browser wants to go: an attribute of the request that goes out and of the one that comes back. */
    static final String TO = "to";
    /** The token of the sign-in that the new one takes the place of. A Strict cookie is not sent on the way back. */
    static final String BEFORE = "before";

    private static final String OWNER = "a browser that signs in";
    private static final String UNTIL = "until";
    private static final String REDIRECT = "redirect";
    private static final String STATE = "state";
    private static final Set<String> ATTRIBUTES =
            Set.of(OidcParameterNames.NONCE, PkceParameterNames.CODE_VERIFIER, OAuth2ParameterNames.REGISTRATION_ID, TO, BEFORE);

    private final SecretBox secrets;
    private final OidcSettings settings;
    private final PublicAddress address;
    private final Clock clock;
    /** States that came back, of which each is good once at a replica: the same cookie sent on and on asks the provider nothing. */
    private final Cache<String, Boolean> used = Caches.builder().maximumSize(100_000).expireAfterWrite(LIFETIME).build();

    OidcRequests(SecretBox secrets, OidcSettings settings, PublicAddress address, Clock clock) {
        this.secrets = secrets;
        this.settings = settings;
        this.address = address;
        this.clock = clock;
    }

    @Override
    public void saveAuthorizationRequest(
            OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
        var kept = new HashMap<String, String>();
        begun.getAttributes().forEach((name, value) -> {
            if (ATTRIBUTES.contains(name)) {
                kept.put(name, String.valueOf(value));
            }
        });
        kept.put(STATE, begun.getState());
        kept.put(REDIRECT, begun.getRedirectUri());
        kept.put(UNTIL, String.valueOf(clock.instant().plus(LIFETIME).getEpochSecond()));
        set(request, response, String.valueOf(secrets.seal(kept, OWNER)), LIFETIME);
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        return kept(request).map(this::request).orElse(null);
    }

    /** Only who brings the state back takes the cookie away: a link from elsewhere ends no sign-in that is under way. */
    @Override
    public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(HttpServletRequest request, HttpServletResponse response) {
        var kept = kept(request);
        if (kept.isEmpty() || used.asMap().putIfAbsent(kept.get().get(STATE), true) != null) {
            return null;
        }
        set(request, response, "", Duration.ZERO);
        request.setAttribute(TO, WhereTo.of(kept.get().get(TO)));
        request.setAttribute(BEFORE, kept.get().get(BEFORE));
        return request(kept.get());
    }

    private OAuth2AuthorizationRequest request(Map<String, String> kept) {
        var attributes = new HashMap<String, Object>(kept);
        attributes.keySet().retainAll(ATTRIBUTES);
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(settings.issuer()) // it has been gone to already
                .clientId(settings.clientId())
                .redirectUri(kept.get(REDIRECT))
                .scopes(Set.copyOf(settings.scopes()))
                .state(kept.get(STATE))
                .attributes(all -> all.putAll(attributes))
                .build();
    }

    /** What this browser began, if it is what comes back now and its time is not over. */
    private Optional<Map<String, String>> kept(HttpServletRequest request) {
        var name = name(request);
        var state = request.getParameter(OAuth2ParameterNames.STATE);
        return Stream.ofNullable(request.getCookies())
                .flatMap(Stream::of)
                .filter(cookie -> cookie.getName().equals(name))
                .map(Cookie::getValue)
                .flatMap(sealed -> opened(sealed).stream())
                .filter(kept -> kept.get(STATE).equals(state)
                        && clock.instant().getEpochSecond() < Long.parseLong(kept.get(UNTIL)))
                .findFirst();
    }

    private Optional<Map<String, String>> opened(String sealed) {
        try {
            return Optional.of(secrets.open(sealed, OWNER)).filter(kept -> kept.containsKey(STATE));
        } catch (RuntimeException e) {
            return Optional.empty(); // it is not ours, whatever it is
        }
    }

    /** Under https the name makes browsers refuse it from a neighbour's host, which could plant its own sign-in. It asks for Path=/. */
    private void set(HttpServletRequest request, HttpServletResponse response, String value, Duration lifetime) {
        var cookie = ResponseCookie.from(name(request), value)
                .httpOnly(true)
                .secure(isSecure(request))
                .sameSite("Lax") // the way back is a link from the provider's page
                .path(isSecure(request) ? "/" : OidcLogin.BEGIN)
                .maxAge(lifetime);
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.build().toString());
    }

    private String name(HttpServletRequest request) {
        return isSecure(request) ? SECURE_NAME : NAME;
    }

    private boolean isSecure(HttpServletRequest request) {
        return address.of(request).startsWith("https:");
    }
}
