// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who stands behind a key, or behind a browser that is signed in.
 *
 * @param caller the user, with all that the user may: the scopes of the key are not in it
 * @param key the id of the API key; null: a browser that was signed in without one
 * @param payer under which key's id its calls are booked and limited: its own, or that of the one that has taken its place
 * @param expires when the key opens nothing more; null: it does not end by itself
 * @param recording null: its calls are none's
 * @param use of the key
 */
record Holder(
        Caller caller, @Nullable UUID key, @Nullable UUID payer, Scopes scopes, @Nullable Instant expires, @Nullable KeyRecording recording,
        KeyUse use) {

    /**
     * Whether this, as it stands now, still opens what a scope opened before. A role that has been taken away ends what it had opened: what
     * only looks takes a viewer, everything else a member, unless less was enough then.
     *
     * @param then the role that opened it
     */
    boolean stillOpens(KeyScope scope, Role then) {
        var least = scope == KeyScope.READ || !then.covers(Role.MEMBER) ? Role.VIEWER : Role.MEMBER;
        return scopes.open(scope) && scopes.narrowed(caller, scope).role().covers(least);
    }

    boolean hasEnded(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** A browser that somebody signed in without a key. */
    static Holder without(Caller caller) {
        return new Holder(caller, null, null, Scopes.ALL, null, null, new KeyUse());
    }
}
