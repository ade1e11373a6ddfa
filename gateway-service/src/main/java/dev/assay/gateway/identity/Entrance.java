// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

import dev.assay.gateway.audit.Trail;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.problem.Telemetry;
import dev.assay.kit.web.Arrival;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.client.RestClientException;

/**
 * Finds out who is calling, from what the request itself carries: nothing is kept from one request to the next. Asked only by doors that
 * want to know, so a key is not looked up for a page that anybody may see. Why a credential was not good is left for {@link Refusals}.
 */
@Component
class Entrance implements SecurityContextRepository {

    /** Their callers hold the operator's token. */
    static final RequestMatcher OPERATORS = new OrRequestMatcher(pathPattern("/v2/admin/**"), pathPattern("/actuator/**"));
    /** Their callers hold a grant, which stands in the address. */
    static final RequestMatcher UPLOADS = pathPattern("/v2/uploads/{token}");
    /** Their callers are model clients, who put keys into many places. */
    static final RequestMatcher INFERENCE = pathPattern("/inference/**");

    /** What another service asks, about a team; people may as well. */
    static final RequestMatcher SERVICES = pathPattern(HttpMethod.GET, "/v2/usage");

    /** What whoever has a link to a run reads of it, and nothing else. */
    static final RequestMatcher LINKED = new OrRequestMatcher(
            pathPattern(HttpMethod.GET, "/v2/trace/{run}/timeline"), pathPattern(HttpMethod.GET, "/v2/trace/{run}/grade"));

    private static final Logger log = LoggerFactory.getLogger(Entrance.class);
    private static final String REFUSAL = Entrance.class.getName() + ".refusal";
    static final String CANNOT_CHECK = "Keys cannot be checked just now. Try again.";
    static final String BAD_KEY = "This API key is not valid here: it is mistyped, revoked, or another platform's.";
    static final String BAD_LINK = "This link opens nothing here: it was revoked or its time is over, or it is one to another run.";
    static final String SIGNED_OUT = "Nobody is signed in here, or no longer. Sign in again.";
    private static final Entrant GRANT_HOLDER = ofNoTeam(Role.GRANT);
    private static final Entrant OPERATOR = ofNoTeam(Role.OPERATOR);

    private final Callers callers;
    private final NestedRuns nested;
    private final RunLinks links;
    private final ModelClients models;
    private final AdminToken admin;
    private final Browsers browsers;
    private final LockOut lockOut;
    private final PublicAddress address;
    private final InternalTokens tokens;
    private final Clock clock;

    Entrance(
            Callers callers, NestedRuns nested, RunLinks links, ModelClients models, AdminToken admin, Browsers browsers, LockOut lockOut, PublicAddress address,
            InternalTokens tokens, Clock clock) {
        this.callers = callers;
        this.nested = nested;
        this.links = links;
        this.models = models;
        this.admin = admin;
        this.browsers = browsers;
        this.lockOut = lockOut;
        this.address = address;
        this.tokens = tokens;
        this.clock = clock;
    }

    private static Entrant ofNoTeam(Role role) {
        return new Entrant(Caller.of(role), () -> true);
    }

    /** Why the credential that came is not good; null if none came. */
    static @Nullable AuthenticationException refusal(HttpServletRequest request) {
        return (AuthenticationException) request.getAttribute(REFUSAL);
    }

    /** Every way to say who one is. Null: nothing was said. */
    private @Nullable Entrant entrant(HttpServletRequest request) {
        if (UPLOADS.matches(request)) {
            return GRANT_HOLDER;
        }
        if (OPERATORS.matches(request)) {
            return operator(request);
        }
        if (INFERENCE.matches(request)) {
            return models.entrant(Credentials.ofModelClient(request::getHeader, request.getQueryString()), from(request));
        }
        if (browsers.speakFor(request)) {
            return browser(request);
        }
        return service(request)
                .or(() -> Credentials.bearer(request)
                        .map(key -> key.startsWith(KeyText.LINK_PREFIX) ? reader(key, request) : holder(key, request)))
                .orElse(null);
    }

    /** Somebody who may look, but at one run only. A person who holds no key: nobody's, and the door opens for these two paths alone. */
    private Entrant reader(String secret, HttpServletRequest request) {
        var asked = LINKED.matcher(request).getVariables().get("run");
        return links.behind(secret)
                .filter(link -> Doors.run(String.valueOf(asked)).filter(link.run()::equals).isPresent())
                .map(link -> new Entrant(Caller.reading(link.team()), () -> links.behind(secret).isPresent()))
                .orElseThrow(() -> new BadCredentialsException(BAD_LINK));
    }

    /** Who speaks for a service has no key, but a token made out to this one. */
    private Optional<Entrant> service(HttpServletRequest request) {
        return SERVICES.matches(request)
                ? Credentials.bearer(request)
                        .flatMap(tokens::verify)
                        .filter(caller -> caller.role() == Role.SERVICE)
                        .map(caller -> new Entrant(caller, () -> true))
                : Optional.empty();
    }

    private Entrant browser(HttpServletRequest request) {
        var entrant = browsers.entrant(request).orElseThrow(() -> new BadCredentialsException(SIGNED_OUT));
        var refusal = browsers.refusal(request);
        if (refusal != null) {
            throw new CrossSiteException(refusal);
        }
        return entrant;
    }

    private Entrant operator(HttpServletRequest request) {
        var offered = Credentials.bearer(request);
        var refusal = admin.refusal(offered);
        if (refusal != null) {
            throw offered.map(token -> lockOut.refusal(address.ofClient(request), token, refusal))
                    .orElseGet(() -> new BadCredentialsException(refusal));
        }
        return OPERATOR;
    }

    /** Spans are never refused for what else comes from where they come from: whoever sends them has no other time to. */
    private Supplier<String> from(HttpServletRequest request) {
        return isOfSpans(request) ? Callers.ANYWHERE : () -> address.ofClient(request);
    }

    private static boolean isOfSpans(HttpServletRequest request) {
        return Telemetry.is(request.getRequestURI());
    }

    /** A run's key is taken as long as it is good, whether or not its attempt lives: the last spans arrive after its end. */
    private Entrant holder(String key, HttpServletRequest request) {
        var from = from(request);
        return callers.run(key)
                .map(run -> new Entrant(holding(run, request), () -> callers.run(key).isPresent()))
                .or(() -> (isOfSpans(request) ? callers.sender(key, clock.instant()) : callers.person(key, from))
                        .map(holder -> person(key, holder, request)))
                .orElseThrow(() -> callers.refusal(key, from));
    }

    /** Its key sends the spans of a run, and of those that were begun inside it. */
    private Caller holding(RunKey key, HttpServletRequest request) {
        return Doors.runOfSpans(request)
                .filter(run -> !run.equals(key.run()) && nested.isInside(run, key))
                .map(run -> Caller.holdingInside(key, run))
                .orElseGet(() -> Caller.holding(key));
    }

    private Entrant person(String key, Holder holder, HttpServletRequest request) {
        holder.use().now(clock.millis());
        return ScopeRules.admit(holder, request.getMethod(), request.getRequestURI(), () -> callers.person(key));
    }

    /** What is known of a request stands beside whatever it changes. */
    private Trail trail(HttpServletRequest request, @Nullable Holder holder) {
        return new Trail(holder == null ? null : holder.key(), Arrival.requestId(request), address.ofClient(request));
    }

    /** The same, for a request that lets somebody in; by no key: null. */
    void follow(HttpServletRequest request, @Nullable Holder holder) {
        trail(request, holder).of(request);
    }

    private SecurityContext load(HttpServletRequest request) {
        try {
            var entrant = entrant(request);
            if (entrant != null) {
                request.setAttribute(Caller.class.getName(), entrant.caller());
                trail(request, entrant.holder()).of(request);
            }
            return new SecurityContextImpl(entrant);
        } catch (AuthenticationException e) {
            request.setAttribute(REFUSAL, e);
        } catch (DataAccessException | TransactionException | RestClientException | UncheckedIOException e) {
            log.error("cannot look up a key", e);
            request.setAttribute(REFUSAL, new AuthenticationServiceException(CANNOT_CHECK, e));
        }
        return new SecurityContextImpl();
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
        return new Once(() -> load(request));
    }

    @Override
    @SuppressWarnings({"deprecation", "removal"})
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        return load(holder.getRequest());
    }

    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        // the next request says again who it is
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        return false;
    }

    /** Looks when it is asked first. */
    private static final class Once implements DeferredSecurityContext {

        private final Supplier<SecurityContext> looking;
        private @Nullable SecurityContext found;

        Once(Supplier<SecurityContext> looking) {
            this.looking = looking;
        }

        @Override
        public SecurityContext get() {
            if (found == null) {
                found = looking.get();
            }
            return found;
        }

        /** Nothing ever has to be saved. */
        @Override
        public boolean isGenerated() {
            return true;
        }
    }
}
