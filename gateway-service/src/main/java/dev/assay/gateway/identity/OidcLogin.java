// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

import dev.assay.gateway.routing.PublicAddress;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Signing in with the provider: {@code GET /v2/auth/oidc?to=/jobs} leads to it, {@code GET /v2/auth/oidc/callback} is where it leads back.
 * What it gives is looked at once, for who somebody is; of its tokens only the one is kept by which it is asked whether they still are.
 */
@Component
class OidcLogin {

    static final String BEGIN = "/v2/auth/oidc";
    static final String BACK = BEGIN + "/callback";

    private static final String RENEWAL = OidcLogin.class.getName() + ".renewal";

    private static final Logger log = LoggerFactory.getLogger(OidcLogin.class);
    private static final RequestMatcher BEGINS = pathPattern(HttpMethod.GET, BEGIN);
    private static final RequestMatcher COMES_BACK = pathPattern(HttpMethod.GET, BACK);

    private final OidcSettings settings;
    private final OidcProvider provider;
    private final OidcRequests begun;
    private final Persons persons;
    private final SignIns signIns;
    private final SignInCookie cookie;
    private final PublicAddress address;
    private final Entrance entrance;

    OidcLogin(
            OidcSettings settings, OidcProvider provider, OidcRequests begun, Persons persons, SignIns signIns, SignInCookie cookie,
            PublicAddress address, Entrance entrance) {
        this.settings = settings;
        this.provider = provider;
        this.begun = begun;
        this.persons = persons;
        this.signIns = signIns;
        this.cookie = cookie;
        this.address = address;
        this.entrance = entrance;
    }

    /** Opens the two paths, if there is a provider. */
    void openIn(HttpSecurity http) {
        if (!settings.on()) {
            return;
        }
        http.oauth2Login(login -> login
                .loginPage("/") // none is generated
                .loginProcessingUrl(BACK)
                .clientRegistrationRepository(provider)
                .authorizedClientRepository(new KeepsTheRenewal())
                .authorizationEndpoint(begin -> begin.authorizationRequestRepository(begun).authorizationRequestResolver(resolver()))
                .tokenEndpoint(token -> token.accessTokenResponseClient(provider.tokens()))
                .userInfoEndpoint(people -> people.oidcUserService(provider.people()))
                .successHandler(this::succeeded)
                .failureHandler(this::failed)
                .withObjectPostProcessor(new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                    @Override
                    public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(F filter) {
                        filter.setAuthenticationFailureHandler(OidcLogin.this::failed);
                        return filter;
                    }
                })
                .withObjectPostProcessor(new ObjectPostProcessor<OAuth2LoginAuthenticationFilter>() {
                    @Override
                    public <F extends OAuth2LoginAuthenticationFilter> F postProcess(F filter) {
                        filter.setRequiresAuthenticationRequestMatcher(COMES_BACK);
                        return filter;
                    }
                }));
    }

    /** What is asked of the provider: Spring's own, with the address under which browsers know us, and with where they want to go. */
    private OAuth2AuthorizationRequestResolver resolver() {
        var springs = new DefaultOAuth2AuthorizationRequestResolver(provider);
        return new OAuth2AuthorizationRequestResolver() {
            @Override
            public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
                return BEGINS.matches(request) ? resolve(request, OidcProvider.ID) : null;
            }

            @Override
            public OAuth2AuthorizationRequest resolve(HttpServletRequest request, String id) {
                var asked = Objects.requireNonNull(springs.resolve(request, id));
                return OAuth2AuthorizationRequest.from(asked)
                        .redirectUri(address.of(request) + BACK)
                        .attributes(all -> {
                            var to = Credentials.parameter(request.getQueryString(), OidcRequests.TO);
                            all.put(OidcRequests.TO, WhereTo.of(to.orElse(null)));
                            cookie.read(request).ifPresent(token -> all.put(OidcRequests.BEFORE, token));
                        })
                        .build();
            }
        };
    }

    private void succeeded(HttpServletRequest request, HttpServletResponse response, Authentication who) throws IOException {
        Persons.Entry entry;
        // so that the audit finds where a change comes from
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        entrance.follow(request, null);
        try {
            entry = persons.enter(
                    Persons.Claims.of(settings.issuer(), (OidcUser) Objects.requireNonNull(who.getPrincipal())),
                    (String) request.getAttribute(RENEWAL));
            if (entry instanceof Persons.Entered && request.getAttribute(OidcRequests.BEFORE) instanceof String before) {
                signIns.close(before);
            }
        } catch (DataAccessException | TransactionException e) {
            log.error("cannot sign anybody in", e);
            OidcPage.refuse(response, HttpStatus.SERVICE_UNAVAILABLE, "Nobody can be signed in just now. Try again.");
            return;
        } finally {
            RequestContextHolder.resetRequestAttributes();
        }
        switch (entry) {
            case Persons.Refused refused -> OidcPage.refuse(response, HttpStatus.FORBIDDEN, refused.why());
            case Persons.Entered entered -> {
                cookie.set(request, response, entered.signIn().token().value(), entered.signIn().lifetime());
                OidcPage.goOn(response, prefix(request) + request.getAttribute(OidcRequests.TO));
            }
        }
    }

    /** The path under which browsers find us, without a slash at its end. */
    private String prefix(HttpServletRequest request) {
        var path = URI.create(address.of(request)).getPath();
        return path == null ? "" : path;
    }

    private void failed(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure) throws IOException {
        var code = failure instanceof OAuth2AuthenticationException named ? named.getError().getErrorCode() : "";
        var why = OidcFailure.of(code, failure);
        log.warn("nobody was signed in with the provider: {}", OidcFailure.forTheLog(code, failure));
        OidcPage.refuse(response, why.status(), why.words(settings.name()));
    }

    /** For this request alone: what else the provider opens in anybody's name is none of our business. */
    private static final class KeepsTheRenewal implements OAuth2AuthorizedClientRepository {

        @Override
        public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(
                String id, Authentication who, HttpServletRequest request) {
            return null;
        }

        @Override
        public void saveAuthorizedClient(
                OAuth2AuthorizedClient client, Authentication who, HttpServletRequest request, HttpServletResponse response) {
            var renewal = client.getRefreshToken();
            request.setAttribute(RENEWAL, renewal == null ? null : renewal.getTokenValue());
        }

        @Override
        public void removeAuthorizedClient(String id, Authentication who, HttpServletRequest request, HttpServletResponse response) {
            // there is none
        }
    }
}
