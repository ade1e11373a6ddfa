// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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

    private final Callers callers;
    private final RunLife runs;

    ModelClients(Callers callers, RunLife runs) {
        this.callers = callers;
        this.runs = runs;
    }

    /**
     * Who calls a model, and may.
     *
     * @param key the id of the API key; null: a run's key
     * @param standing whether the key still opens what it opened; throws if that cannot be told just now
     */
    public record ModelClient(Caller caller, @Nullable UUID key, BooleanSupplier standing) {}

    /**
     * The holder of a model call's key.
     *
     * @param headers gives a header by its name
     * @param query of the address, undecoded
     * @throws ModelErrorException 401, 403, or 503 if keys cannot be checked just now
     */
    public ModelClient of(Function<String, @Nullable String> headers, @Nullable String query) {
        ModelClient client;
        try {
            client = find(Credentials.ofModelClient(headers, query));
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
        if (role != Role.RUN && !role.covers(Role.MEMBER)) {
            throw new ModelErrorException(ModelError.of(403, "Your role in this team is " + role.word() + "; this takes member."));
        }
        return client;
    }

    /** Who enters by one of these keys; null: none came. */
    @Nullable Entrant entrant(List<String> keys) {
        var client = find(keys);
        return client == null ? null : new Entrant(client.caller(), client.standing());
    }

    /** A stray key of somebody else's does not lock out whoever sent a good one as well. */
    private @Nullable ModelClient find(List<String> keys) {
        var ended = false;
        for (var key : keys) {
            var run = callers.run(key);
            if (run.isPresent() && runs.lives(run.get())) {
                return new ModelClient(Caller.holding(run.get()), null, () -> runs.lives(run.get()));
            }
            var holder = callers.person(key);
            if (holder.isPresent()) {
                return new ModelClient(holder.get().caller(), holder.get().key(), () -> callers.person(key).isPresent());
            }
            ended |= run.isPresent();
        }
        if (keys.isEmpty()) {
            return null;
        }
        throw new BadCredentialsException(ended ? ENDED : Entrance.BAD_KEY);
    }
}
