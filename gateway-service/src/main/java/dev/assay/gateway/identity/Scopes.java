// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a key opens of what its user may. Scopes narrow and never widen.
 *
 * @param held none: all that the user may
 */
public record Scopes(Set<KeyScope> held) {

    public static final Scopes ALL = new Scopes(Set.of());

    public Scopes {
        held = Set.copyOf(held);
    }

    /** As the database has them. A word that this release does not know opens nothing. */
    static Scopes of(Collection<String> words) {
        if (words.isEmpty()) {
            return ALL;
        }
        var known = words.stream().flatMap(word -> KeyScope.of(word).stream()).collect(Collectors.toSet());
        if (known.isEmpty()) {
            throw new IllegalStateException("a key with unknown scopes alone: " + words);
        }
        return new Scopes(known);
    }

    /** As the API and the database spell them, in the order of {@link KeyScope}. */
    List<String> words() {
        return held.stream().sorted().map(KeyScope::word).toList();
    }

    boolean open(KeyScope scope) {
        return held.isEmpty() || held.stream().anyMatch(own -> own.covers(scope));
    }

    /** Whether these open all that the others do. */
    boolean cover(Scopes others) {
        return held.isEmpty() || !others.held.isEmpty() && others.held.stream().allMatch(this::open);
    }

    /** Who the key's holder is where one scope let it in: to call models and to tell of runs takes a member. */
    Caller narrowed(Caller user, KeyScope by) {
        if (held.isEmpty() || held.contains(KeyScope.ADMIN)) {
            return user;
        }
        var works = held.contains(KeyScope.WRITE) || by == KeyScope.MODELS || by == KeyScope.TELEMETRY;
        return user.narrowedTo(works ? Role.MEMBER : Role.VIEWER);
    }
}
