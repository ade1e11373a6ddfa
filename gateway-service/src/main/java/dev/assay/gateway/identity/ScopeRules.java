// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.problem.Telemetry;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Which scope a key needs for a request, by method and path alone: so it holds for what other services serve as well, and for what is
 * added some day. A path is spelled in one way only by the time that this reads it.
 */
final class ScopeRules {

    /** What says whose key it is: any key may ask that. */
    static final String WHO_AM_I = "/v2/auth/me";

    private static final Pattern RUNS_BEGIN_AND_END = Pattern.compile("/v2/trace/(job/)?[^/]+/(enter|exit)");

    private ScopeRules() {}

    /** Empty: no key with scopes opens it, whichever they are. */
    static Optional<KeyScope> needed(String method, String path) {
        if (path.startsWith("/inference/") || path.startsWith("/v2/playground/")) {
            return Optional.of(KeyScope.MODELS);
        }
        if (Telemetry.is(path) || method.equals("POST") && RUNS_BEGIN_AND_END.matcher(path).matches()) {
            return Optional.of(KeyScope.TELEMETRY);
        }
        if (path.startsWith("/runtime/tunnels/")) { // whoever drives a sandbox begins with a GET
            return Optional.of(KeyScope.WRITE);
        }
        if (path.startsWith("/v2/") || path.startsWith("/runtime/") || path.startsWith("/rl/") || path.equals("/v3/api-docs")) {
            return Optional.of(method.equals("GET") || method.equals("HEAD") ? KeyScope.READ : KeyScope.WRITE);
        }
        return Optional.empty();
    }

    /** Why the scopes do not open this; empty: they do. */
    static Optional<String> refusal(Scopes scopes, String method, String path) {
        if (scopes.held().isEmpty() || method.equals("GET") && path.equals(WHO_AM_I)) {
            return Optional.empty();
        }
        var needed = needed(method, path);
        if (needed.isEmpty()) {
            return Optional.of("This key has the scopes " + String.join(", ", scopes.words()) + "; this takes a key without scopes.");
        }
        return scopes.open(needed.get()) ? Optional.empty() : Optional.of(refusal(scopes, needed.get()));
    }

    /**
     * Whoever holds a key or was signed in with it, where the scopes open what is asked for.
     *
     * @param now who holds it as it stands when asked; empty: nobody any more
     * @throws ScopeException if they do not
     */
    static Entrant admit(Holder holder, String method, String path, Supplier<Optional<Holder>> now) {
        refusal(holder.scopes(), method, path).ifPresent(refusal -> {
            throw new ScopeException(refusal);
        });
        var scope = needed(method, path).orElse(KeyScope.READ);
        return Entrant.by(holder, scope, () -> now.get().filter(still -> still.stillOpens(scope, holder.caller().role())).isPresent());
    }

    static String refusal(Scopes scopes, KeyScope needed) {
        return "This key has the scopes " + String.join(", ", scopes.words()) + "; this takes the scope '" + needed.word() + "'.";
    }
}
