// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Somebody whom a credential let in. */
public final class Entrant extends AbstractAuthenticationToken {

    private static final Map<Role, List<GrantedAuthority>> AUTHORITIES = Arrays.stream(Role.values())
            .collect(Collectors.toMap(role -> role, role -> List.of(new SimpleGrantedAuthority("ROLE_" + role.name()))));

    private final transient Caller caller;
    private final transient @Nullable Holder holder;
    private final transient BooleanSupplier standing;

    /** @param standing whether the credential would let them in again */
    Entrant(Caller caller, BooleanSupplier standing) {
        this(caller, null, standing);
    }

    private Entrant(Caller caller, @Nullable Holder holder, BooleanSupplier standing) {
        super(AUTHORITIES.get(caller.role()));
        this.caller = caller;
        this.holder = holder;
        this.standing = standing;
        setAuthenticated(true);
    }

    /** Whoever holds a key, or was signed in with it, where a scope lets them in. */
    static Entrant by(Holder holder, KeyScope scope, BooleanSupplier standing) {
        return new Entrant(holder.scopes().narrowed(holder.caller(), scope), holder, standing);
    }

    /** Who stands behind the request that this thread serves. */
    public static Optional<Entrant> current() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof Entrant entrant ? Optional.of(entrant) : Optional.empty();
    }

    public Caller caller() {
        return caller;
    }

    /** The key that was used, or whoever a browser was signed in by; null: neither. */
    @Nullable Holder holder() {
        return holder;
    }

    /** The recording that calls made with the key belong to; null: none, or there is no key. */
    public @Nullable KeyRecording recording() {
        return holder == null ? null : holder.recording();
    }

    /** Whether the credential still opens what it opened: asked from time to time by what stays open for long. */
    public boolean stillStands() {
        return standing.getAsBoolean();
    }

    @Override
    public Caller getPrincipal() {
        return caller;
    }

    /** Kept nowhere once it has been checked. */
    @Override
    public Object getCredentials() {
        return "";
    }
}
