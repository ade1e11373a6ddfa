// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistration.ClientSettings;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The provider, as it describes itself. It is asked when somebody signs in first and not before, so that the gateway starts while it is
 * away; every answer of it has to come within {@code assay.oidc.timeout}.
 */
@Component
class OidcProvider implements ClientRegistrationRepository, JwtDecoderFactory<ClientRegistration> {

    static final String ID = "oidc";

    /** So long nobody asks it again what it is, where it did not say. */
    private static final Duration REST = Duration.ofSeconds(5);

    /** By which a provider says that somebody has to sign in again, if they can: OAuth's own word, and OpenID Connect's. */
    private static final Set<String> NO =
            Set.of("invalid_grant", "login_required", "interaction_required", "consent_required", "account_selection_required");

    private static final String DESCRIPTION = "/.well-known/openid-configuration";
    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};

    private final OidcSettings settings;
    private final JdkClientHttpRequestFactory requests;
    private volatile @Nullable ClientRegistration known;
    private volatile @Nullable JwtDecoder decoder;
    private @Nullable AuthenticationServiceException failure;
    private long failedAt;

    OidcProvider(OidcSettings settings) {
        this.settings = settings;
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(settings.timeout()).build();
        this.requests = new JdkClientHttpRequestFactory(http);
        requests.setReadTimeout(settings.timeout());
    }

    /** @throws AuthenticationServiceException if the provider does not say what it is */
    @Override
    public ClientRegistration findByRegistrationId(String id) {
        var registration = known;
        return registration == null ? ask() : registration;
    }

    /** By one at a time, and not again at once where it came to nothing: anybody may begin a sign-in. */
    private synchronized ClientRegistration ask() {
        var registration = known;
        if (registration != null) {
            return registration;
        }
        var before = failure;
        if (before != null && System.nanoTime() - failedAt < REST.toNanos()) {
            throw new AuthenticationServiceException("the provider did not say what it is a moment ago", before);
        }
        try {
            registration = described();
            known = registration;
            return registration;
        } catch (AuthenticationServiceException e) {
            failure = e;
            failedAt = System.nanoTime();
            throw e;
        }
    }

    private ClientRegistration described() {
        var issuer = settings.issuer();
        try {
            var base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
            var description = RestClient.builder().requestFactory(requests).build().get().uri(base + DESCRIPTION).retrieve().body(OBJECT);
            if (description == null || !issuer.equals(description.get("issuer"))) {
                throw new AuthenticationServiceException("what is at " + base + DESCRIPTION + " is not the description of " + issuer
                        + ": ASSAY_OIDC_ISSUER has to be what it calls itself, to the letter");
            }
            return ClientRegistrations.fromOidcConfiguration(description)
                    .registrationId(ID)
                    .clientId(settings.clientId())
                    .clientSecret(settings.clientSecret())
                    .clientName(settings.name())
                    .scope(settings.scopes())
                    .redirectUri("{baseUrl}" + OidcLogin.BACK)
                    .clientSettings(ClientSettings.builder().requireProofKey(true).build())
                    .build();
        } catch (RestClientException | IllegalArgumentException | IllegalStateException e) {
            throw new AuthenticationServiceException("the provider does not say what it is", e);
        }
    }

    /** Trades codes for tokens. */
    OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> tokens() {
        var client = new RestClientAuthorizationCodeTokenResponseClient();
        client.setRestClient(tokenEndpoint());
        return client;
    }

    private RestClient tokenEndpoint() {
        return RestClient.builder()
                .requestFactory(requests)
                .configureMessageConverters(all -> all.disableDefaults()
                        .addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build();
    }

    /**
     * Asks whether whom it signed in is still there.
     *
     * @param refreshToken that it gave; perhaps good this once
     * @return what it is asked with next; empty: it says no, and the sign-in is over
     * @throws AuthenticationServiceException if it says neither yes nor no
     */
    Optional<String> renew(String refreshToken, Instant now) {
        var client = new RestClientRefreshTokenTokenResponseClient();
        client.setRestClient(tokenEndpoint());
        var access = new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, "kept nowhere", now.minusSeconds(1), now);
        try {
            var answer = client.getTokenResponse(
                    new OAuth2RefreshTokenGrantRequest(findByRegistrationId(ID), access, new OAuth2RefreshToken(refreshToken, now)));
            var next = answer.getRefreshToken();
            return Optional.of(next == null ? refreshToken : next.getTokenValue());
        } catch (OAuth2AuthorizationException e) {
            if (NO.contains(code(e))) {
                return Optional.empty();
            }
            throw new AuthenticationServiceException("the provider says neither yes nor no", e);
        }
    }

    /** Spring reads OAuth's errors at 400 alone, and some providers say them with 401 or 403. */
    private static String code(OAuth2AuthorizationException failure) {
        if (failure.getCause() instanceof HttpClientErrorException refused) {
            try {
                return JsonMapper.shared().readTree(refused.getResponseBodyAsString()).path("error").asString("");
            } catch (JacksonException e) {
                return ""; // it says nothing
            }
        }
        return failure.getError().getErrorCode();
    }

    /** Asks who somebody is where their id token does not say their e-mail: the standard leaves providers the choice. */
    OidcUserService people() {
        var rest = new RestTemplate(requests);
        rest.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
        var plain = new DefaultOAuth2UserService();
        plain.setRestOperations(rest);
        var people = new OidcUserService();
        people.setOauth2UserService(plain);
        people.setRetrieveUserInfo(request -> request.getIdToken().getEmail() == null
                && request.getClientRegistration().getProviderDetails().getUserInfoEndpoint().getUri() != null);
        return people;
    }

    /** Reads id tokens: signature, issuer, audience, authorized party and times. The nonce is compared by who reads them. */
    @Override
    public JwtDecoder createDecoder(ClientRegistration registration) {
        var made = decoder;
        if (made == null) {
            var reader = NimbusJwtDecoder.withJwkSetUri(registration.getProviderDetails().getJwkSetUri())
                    .restOperations(new RestTemplate(requests))
                    .jwsAlgorithms(all -> all.addAll(signatures(registration)))
                    .build();
            reader.setClaimSetConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverter());
            reader.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                    new JwtTimestampValidator(), new OidcIdTokenValidator(registration)));
            made = reader;
            decoder = made;
        }
        return made;
    }

    /** By a private key of the provider's, in one of the ways that it says it signs in: never by a secret that others may know. */
    private static List<SignatureAlgorithm> signatures(ClientRegistration registration) {
        var said = registration.getProviderDetails().getConfigurationMetadata().get("id_token_signing_alg_values_supported");
        var known = said instanceof Collection<?> names
                ? Arrays.stream(SignatureAlgorithm.values()).filter(one -> names.contains(one.getName())).toList()
                : List.<SignatureAlgorithm>of();
        return known.isEmpty() ? List.of(SignatureAlgorithm.RS256) : known;
    }
}
