// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.client.RestClientException;

/**
 * Who a model client is, by the keys that it sent. Model calls are answered before the doors and their filters, which cost more than many
 * a call; both read keys here, in one way.
 */
@Component
public class ModelClients {

    private static final Logger log = LoggerFactory.getLogger(ModelClients.class);
    private static final String ENDED = "The attempt that this run's key was made for has ended.";

    /** How signed tokens begin, and no key does: so no key costs the attempt to read it as one. */
    private static final String TOKEN = "ey";

    private final Callers callers;
    private final RunLife runs;
    private final Browsers browsers;
    private final InternalTokens tokens;
    private final Clock clock;

    ModelClients(Callers callers, RunLife runs, Browsers browsers, InternalTokens tokens, Clock clock) {
        this.callers = callers;
        this.runs = runs;
        this.browsers = browsers;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Who calls a model, and may.
     *
     * @param key the id of the API key that the call is booked under; null: a run's key, or a browser that was signed in without one
     * @param recording that the call belongs to by its key; null: none
     * @param credential equal for all calls of one key, or of one browser; opens nothing
     * @param standing whether the key still opens what it opened; throws if that cannot be told just now
     */
    public record ModelClient(
            Caller caller, @Nullable UUID key, @Nullable KeyRecording recording, Object credential, BooleanSupplier standing) {}

    /**
     * The holder of a model call's key.
     *
     * @param headers gives a header by its name
     * @param query of the address, undecoded
     * @param address that the call comes from; asked for only if its key is not remembered
     * @throws ModelErrorException 401, 403, 429 if too many came from there that nobody has, or 503 if keys cannot be checked just now
     */
    public ModelClient of(Function<String, @Nullable String> headers, @Nullable String query, Supplier<String> address) {
        return admitted(() -> find(Credentials.ofModelClient(headers, query), address));
    }

    /**
     * Who calls a model from the playground: whose key it is, as elsewhere; where none came, who signed the browser in.
     *
     * @param query of the address, undecoded
     * @throws ModelErrorException as above, 403 also if another site's page asks
     */
    public ModelClient ofPlayground(HttpServletRequest request, @Nullable String query, Supplier<String> address) {
        var keys = Credentials.ofModelClient(request::getHeader, query);
        return admitted(() -> keys.isEmpty() && browsers.isAlone(request) ? browser(request) : find(keys, address));
    }

    private ModelClient browser(HttpServletRequest request) {
        var client = browsers.modelClient(request).orElseThrow(() -> new BadCredentialsException(Entrance.SIGNED_OUT));
        var refusal = browsers.refusal(request);
        if (refusal != null) {
            throw new ModelErrorException(ModelError.of(403, refusal));
        }
        return client;
    }

    private static ModelClient admitted(Supplier<@Nullable ModelClient> finding) {
        ModelClient client;
        try {
            client = finding.get();
        } catch (ScopeException e) {
            throw new ModelErrorException(ModelError.of(403, String.valueOf(e.getMessage())));
        } catch (LockedOutException e) {
            throw new ModelErrorException(lockedOut(e));
        } catch (AuthenticationException e) {
            throw new ModelErrorException(ModelError.unauthorized(String.valueOf(e.getMessage())));
        } catch (DataAccessException | TransactionException | RestClientException | UncheckedIOException e) {
            log.error("cannot look up a key", e);
            throw new ModelErrorException(ModelError.unavailable(Entrance.CANNOT_CHECK, 1));
        }
        if (client == null) {
            throw new ModelErrorException(ModelError.unauthorized(Refusals.NO_KEY));
        }
        var role = client.caller().role();
        if (role != Role.RUN && role != Role.SERVICE && !role.covers(Role.MEMBER)) {
            throw new ModelErrorException(ModelError.of(403, "Your role in this team is " + role.word() + "; this takes member."));
        }
        return client;
    }

    /** Who enters by one of these keys; null: none came. */
    @Nullable Entrant entrant(List<String> keys, Supplier<String> address) {
        var client = find(keys, address);
        return client == null ? null : new Entrant(client.caller(), client.standing());
    }

    /** A stray key of somebody else's does not lock out whoever sent a good one as well. */
    private @Nullable ModelClient find(List<String> keys, Supplier<String> address) {
        var ended = false;
        Holder narrow = null;
        for (var key : keys) {
            var run = callers.run(key);
            if (run.isPresent() && runs.lives(run.get())) {
                return new ModelClient(Caller.holding(run.get()), null, null, run.get(), () -> runs.lives(run.get()));
            }
            var service = service(key);
            if (service.isPresent()) {
                return new ModelClient(service.get(), null, null, service.get(), () -> true);
            }
            var holder = callers.person(key, address);
            if (holder.isPresent() && holder.get().scopes().open(KeyScope.MODELS)) {
                holder.get().use().now(clock.millis());
                return client(holder.get(), Objects.requireNonNull(holder.get().key()), () -> callers.person(key));
            }
            narrow = holder.orElse(narrow);
            ended |= run.isPresent();
        }
        if (keys.isEmpty()) {
            return null;
        }
        if (narrow != null) {
            throw new ScopeException(ScopeRules.refusal(narrow.scopes(), KeyScope.MODELS));
        }
        throw ended ? new BadCredentialsException(ENDED) : callers.refusal(keys.getLast(), address);
    }

    /** A service that calls a model for a team, as grading-service does to judge: it shows a token that is made out to the gateway. */
    private Optional<Caller> service(String key) {
        return key.startsWith(TOKEN)
                ? tokens.verify(key).filter(caller -> caller.role() == Role.SERVICE && !caller.team().equals(Caller.of(Role.SERVICE).team()))
                : Optional.empty();
    }

    /**
     * @param credential as {@link ModelClient} has it
     * @param now who holds the key as it stands when asked; empty: nobody any more
     * @throws ScopeException if the key opens no model calls
     */
    static ModelClient client(Holder holder, Object credential, Supplier<Optional<Holder>> now) {
        if (!holder.scopes().open(KeyScope.MODELS)) {
            throw new ScopeException(ScopeRules.refusal(holder.scopes(), KeyScope.MODELS));
        }
        return new ModelClient(
                holder.scopes().narrowed(holder.caller(), KeyScope.MODELS), holder.payer(), holder.recording(), credential,
                () -> now.get().filter(still -> still.stillOpens(KeyScope.MODELS, Role.MEMBER)).isPresent());
    }

    /** Clients would send the same key again. */
    static ModelError lockedOut(LockedOutException refusal) {
        return ModelError.of(429, String.valueOf(refusal.getMessage())).retryAfter((double) refusal.retryAfter()).shouldRetry(false);
    }
}
