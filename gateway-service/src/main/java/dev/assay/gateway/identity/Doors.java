// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.RunId;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may enter where. What is not named here is closed. A path is matched as controllers match theirs, in the one spelling that is let
 * in at all; behind the doors every handler says for itself whom it admits, so none is open because a door was forgotten.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class Doors {

    /** Spans of one run, taken with the key of that run, or of the one inside which it was begun, as well. */
    static final RequestMatcher SPANS = pathPattern(HttpMethod.POST, "/telemetry/v3/api/trace/{run}/telemetry-upload");

    /** Spans of any runs; which of them the caller may tell of is looked at where each is read. */
    static final RequestMatcher OTLP = pathPattern(HttpMethod.POST, "/otlp/v1/traces");

    /** Beginning and end of runs: told by people, and with a run's key of what is begun inside that run, which job-service looks at. */
    static final RequestMatcher REPORTS = new OrRequestMatcher(
            pathPattern(HttpMethod.POST, "/v2/trace/job/{job}/enter"),
            pathPattern(HttpMethod.POST, "/v2/trace/{run}/enter"),
            pathPattern(HttpMethod.POST, "/v2/trace/{run}/exit"));

    private static final String SIGN_IN = "/v2/auth/session";
    private static final int ORDER = Integer.MIN_VALUE + 200;
    private static final String[] PEOPLES = {"/v2/**", "/telemetry/**", "/otlp/**", "/runtime/**", "/rl/**", "/v3/api-docs"};

    /** Where there is a door at all; elsewhere there is nothing, for anybody. */
    static final RequestMatcher ANY = new OrRequestMatcher(
            Entrance.OPERATORS,
            Entrance.INFERENCE,
            new OrRequestMatcher(Arrays.stream(PEOPLES).map(pattern -> (RequestMatcher) pathPattern(pattern)).toList()));

    private static final String[] PEOPLE =
            Arrays.stream(Role.values()).filter(Role::person).map(Role::name).toArray(String[]::new);

    private static final String[] PEOPLE_AND_SERVICES =
            Arrays.stream(Role.values()).filter(role -> role.person() || role == Role.SERVICE).map(Role::name).toArray(String[]::new);

    @Bean
    SecurityFilterChain doorsOfTheGateway(
            HttpSecurity http, Entrance entrance, Refusals refusals, OidcLogin provider, PublicAddress address,
            @Value("${assay.pace.per-second}") int perSecond, @Value("${assay.pace.burst}") int burst) {
        provider.openIn(http);
        if (perSecond != 0) {
            var pace = new PaceFilter(new Pace(perSecond, burst), address::ofClient, Ticker.systemTicker());
            http.addFilterAfter(pace, AuthorizationFilter.class);
        }
        return http.securityContext(context -> context.securityContextRepository(entrance))
                .sessionManagement(AbstractHttpConfigurer::disable) // there are none
                .exceptionHandling(handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                // A key is sent on purpose, no browser adds one to a forged request. What a cookie speaks for is judged where it is read.
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable) // the console's pages have their own
                .authorizeHttpRequests(doors -> doors
                        .requestMatchers("/", "/jobs/**", "/trace/**", "/tasksets/**", "/environments/**", "/models/**", "/shared/**")
                        .permitAll()
                        .requestMatchers("/runs", "/upstreams", "/playground", "/usage", "/people", "/workers", "/audit", "/settings")
                        .permitAll()
                        .requestMatchers("/assets/**", "/favicon.ico", "/favicon.svg", "/docs", "/docs/assets/**")
                        .permitAll()
                        .requestMatchers("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness")
                        .permitAll()
                        .requestMatchers("/inference", "/inference/")
                        .permitAll()
                        .requestMatchers(pathPattern(HttpMethod.POST, "/telemetry/v3/api/sdk-events/cli"))
                        .permitAll()
                        // Signing in and out look at key, cookie and origin themselves.
                        .requestMatchers(pathPattern(HttpMethod.POST, SIGN_IN), pathPattern(HttpMethod.DELETE, SIGN_IN))
                        .permitAll()
                        .requestMatchers(pathPattern(HttpMethod.GET, "/v2/auth/ways"))
                        .permitAll()
                        // A WebSocket is let in first and turned away by a close code: its clients cannot read a refused handshake.
                        .requestMatchers(pathPattern(HttpMethod.GET, "/v2/builds/{id}/logs"))
                        .permitAll()
                        .requestMatchers(Entrance.OPERATORS)
                        .hasRole(Role.OPERATOR.name())
                        .requestMatchers(Entrance.UPLOADS)
                        .hasRole(Role.GRANT.name())
                        .requestMatchers(SPANS)
                        .access(Doors::mayTellOf)
                        .requestMatchers(OTLP)
                        .access(Doors::isPersonOrRun)
                        .requestMatchers(REPORTS)
                        .access(Doors::isPersonOrRun)
                        .requestMatchers(Entrance.INFERENCE)
                        .access(Doors::isPersonOrRun)
                        .requestMatchers(Entrance.SERVICES)
                        .hasAnyRole(PEOPLE_AND_SERVICES)
                        .requestMatchers(PEOPLES)
                        .hasAnyRole(PEOPLE)
                        .anyRequest()
                        .denyAll())
                .build();
    }

    /**
     * Before everything that may read a body, or send it on. Only for what comes from outside: what the server itself forwards to, such as
     * its page for errors, has passed the doors before.
     */
    @Bean
    DelegatingFilterProxyRegistrationBean doorsOfTheServer() {
        var registration = new DelegatingFilterProxyRegistrationBean(AbstractSecurityWebApplicationInitializer.DEFAULT_FILTER_NAME);
        registration.setOrder(ORDER);
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }

    /** A span for each filter would be most of a trace. */
    @Bean
    SecurityObservationSettings noSpansOfFilters() {
        return SecurityObservationSettings.noObservations();
    }

    /** One rule for paths is enough, and this is not the place for it: they have been judged before, as they were sent. */
    @Bean
    HttpFirewall noSecondRuleForPaths() {
        return new HttpFirewall() {
            @Override
            public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
                return new FirewalledRequest(request) {
                    @Override
                    public void reset() {
                        // nothing was changed
                    }
                };
            }

            @Override
            public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
                return response;
            }
        };
    }

    private static AuthorizationDecision mayTellOf(Supplier<? extends Authentication> who, RequestAuthorizationContext context) {
        return new AuthorizationDecision(who.get() instanceof Entrant entrant
                && (entrant.caller().role().person() || names(entrant.caller(), String.valueOf(context.getVariables().get("run")))));
    }

    private static boolean names(Caller caller, String run) {
        return caller.role() == Role.RUN && run(run).filter(named -> named.equals(caller.run())).isPresent();
    }

    /** Whose spans a request brings; empty: it brings none, or no run has such an id. */
    static Optional<RunId> runOfSpans(HttpServletRequest request) {
        return Optional.ofNullable(SPANS.matcher(request).getVariables().get("run")).flatMap(Doors::run);
    }

    static Optional<RunId> run(String id) {
        try {
            return Optional.of(RunId.parse(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static AuthorizationDecision isPersonOrRun(Supplier<? extends Authentication> who, RequestAuthorizationContext context) {
        return new AuthorizationDecision(
                who.get() instanceof Entrant entrant && (entrant.caller().role().person() || entrant.caller().role() == Role.RUN));
    }
}
