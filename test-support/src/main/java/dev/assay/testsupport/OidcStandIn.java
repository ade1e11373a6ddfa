// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2RefreshTokenGenerator;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/**
 * A stand-in for somebody's OpenID Connect provider: Spring's own authorization server, with a page to log in at, on a port of its own and
 * under another host name than the gateway's. It is started by the tests that need it, whose module brings the authorization server. Tests
 * may have it say something wrong, or nothing.
 */
public final class OidcStandIn {

    public static final OidcStandIn SHARED = new OidcStandIn();
    public static final String CLIENT = "assay-under-test";
    public static final String SECRET = "the-secret-of-the-client-under-test";
    public static final String PASSWORD = "correct horse";

    /** What its next tokens say otherwise; null: they are right. */
    public volatile @Nullable Consumer<JwtClaimsSet.Builder> otherwise;
    /** Whether its next id tokens are signed by a key that is not its own. */
    public volatile boolean forges;
    /** Whether it answers 503 to everything. */
    public volatile boolean away;
    /** Waits for this before each answer to a program; null: it does not wait. */
    public volatile @Nullable CountDownLatch until;
    /** With which status it says no to a program. */
    public volatile int no = 400;
    /** Whether it gives refresh tokens; each is good once. */
    public volatile boolean renews = true;
    /** The addresses that browsers were sent to it with, and the forms that programs sent. */
    public final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    /** The id and access tokens that it gave. */
    public final ConcurrentLinkedQueue<String> gave = new ConcurrentLinkedQueue<>();

    private final Map<String, Map<String, Object>> people = new ConcurrentHashMap<>();
    private final Tomcat tomcat = new Tomcat();
    private volatile @Nullable Filter chain;

    private OidcStandIn() {
        try {
            tomcat.setPort(0);
            tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
            var context = tomcat.addContext("", System.getProperty("java.io.tmpdir"));
            Tomcat.addServlet(context, "front", new Front()).setLoadOnStartup(1);
            context.addServletMappingDecoded("/*", "front");
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    public String issuer() {
        return "http://localhost:" + tomcat.getConnector().getLocalPort();
    }

    /** Somebody who can log in there, with what its tokens say of them; the name is what the provider calls them. */
    public void knows(String subject, Map<String, Object> claims) {
        people.put(subject, claims);
    }

    /** It knows somebody no more: they cannot log in, and nothing is renewed for them. */
    public void forgets(String subject) {
        people.remove(subject);
    }

    /** Gets it ready, which takes longer than the gateway waits for an answer. */
    public void start() {
        chain();
    }

    public void reset() {
        otherwise = null;
        forges = false;
        away = false;
        until = null;
        renews = true;
        no = 400;
        asked.clear();
        gave.clear();
    }

    private final class Front extends HttpServlet {
        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
            try {
                asked.add(request.getRequestURI() + "?" + request.getQueryString());
                if (request.getRequestURI().equals("/oauth2/token")) {
                    request.getParameterMap().forEach((name, values) -> asked.add("token:" + name + "=" + String.join(",", values)));
                }
                var program = !request.getRequestURI().equals("/login") && !request.getRequestURI().equals("/oauth2/authorize");
                var wait = until;
                if (wait != null && program) {
                    wait.await(20, TimeUnit.SECONDS);
                }
                if (away) {
                    response.sendError(503);
                    return;
                }
                chain().doFilter(request, program ? new Refusing(response) : response, (nobody, answer) -> ((HttpServletResponse) answer).sendError(404));
            } catch (jakarta.servlet.ServletException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final class Refusing extends HttpServletResponseWrapper {

        Refusing(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setStatus(int status) {
            super.setStatus(status == 400 ? no : status);
        }
    }

    private synchronized Filter chain() {
        var ready = chain;
        if (ready == null) {
            var context = new AnnotationConfigWebApplicationContext();
            context.addBeanFactoryPostProcessor(factory -> factory.registerSingleton("standIn", this));
            context.register(Server.class);
            context.setServletContext(((org.apache.catalina.Context) tomcat.getHost().findChildren()[0]).getServletContext());
            context.refresh();
            ready = context.getBean("springSecurityFilterChain", Filter.class);
            chain = ready;
        }
        return ready;
    }

    /** The authorization server, as its documentation sets it up; no configuration by annotation, which the gateway under test would find. */
    @EnableWebSecurity
    static class Server {

        @Bean
        RSAKey key() throws JOSEException {
            return new RSAKeyGenerator(2048).keyID("own").generate();
        }

        @Bean
        JWKSource<SecurityContext> keys(RSAKey key) {
            return new ImmutableJWKSet<>(new JWKSet(key));
        }

        @Bean
        JwtDecoder ownTokens(RSAKey key) throws JOSEException {
            return NimbusJwtDecoder.withPublicKey(key.toRSAPublicKey()).build();
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http, OidcStandIn standIn, RSAKey key) throws JOSEException {
            var forged = new ImmutableJWKSet<SecurityContext>(new JWKSet(new RSAKeyGenerator(2048).keyID("own").generate()));
            var own = new ImmutableJWKSet<SecurityContext>(new JWKSet(key));
            var tokens = new JwtGenerator(new NimbusJwtEncoder((selector, context) -> (standIn.forges ? forged : own).get(selector, context)));
            tokens.setJwtCustomizer(token -> {
                if (token.getTokenType().getValue().equals("id_token")) {
                    standIn.people.getOrDefault(token.getPrincipal().getName(), Map.of()).forEach(token.getClaims()::claim);
                    var otherwise = standIn.otherwise;
                    if (otherwise != null) {
                        otherwise.accept(token.getClaims());
                    }
                }
            });
            var refreshTokens = new OAuth2RefreshTokenGenerator();
            http.oauth2AuthorizationServer(server -> server.oidc(Customizer.withDefaults()).tokenGenerator(context -> {
                        if (context.getAuthorizationGrantType().equals(AuthorizationGrantType.REFRESH_TOKEN)
                                && !standIn.people.containsKey(context.getPrincipal().getName())) {
                            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
                        }
                        var refresh = context.getTokenType().equals(OAuth2TokenType.REFRESH_TOKEN);
                        var token = !refresh ? tokens.generate(context) : standIn.renews ? refreshTokens.generate(context) : null;
                        if (token != null) {
                            standIn.gave.add(token.getTokenValue());
                        }
                        return token;
                    }))
                    .authorizeHttpRequests(all -> all.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults());
            return http.build();
        }

        @Bean
        UserDetailsService people(OidcStandIn standIn) {
            return name -> {
                if (!standIn.people.containsKey(name)) {
                    throw new UsernameNotFoundException(name);
                }
                return new User(name, "{noop}" + PASSWORD, AuthorityUtils.NO_AUTHORITIES);
            };
        }

        @Bean
        RegisteredClientRepository clients() {
            return new InMemoryRegisteredClientRepository(RegisteredClient.withId("1")
                    .clientId(CLIENT)
                    .clientSecret("{noop}" + SECRET)
                    .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                    .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                    .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                    .tokenSettings(TokenSettings.builder().reuseRefreshTokens(false).build())
                    .redirectUris(all -> all.addAll(List.of("http://127.0.0.1/v2/auth/oidc/callback", "https://assay.example.org/v2/auth/oidc/callback")))
                    .scopes(all -> all.addAll(List.of("openid", "email", "profile")))
                    .clientSettings(ClientSettings.builder().requireProofKey(true).requireAuthorizationConsent(false).build())
                    .build());
        }

        @Bean
        AuthorizationServerSettings settings(OidcStandIn standIn) {
            return AuthorizationServerSettings.builder().issuer(standIn.issuer()).build();
        }
    }
}
