// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.internal.WorkerHello;
import dev.assay.kit.cache.Caches;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Makes and checks the tokens that services show each other. Which roles a token may give depends on who signed it. */
public final class InternalTokens {

    private static final String TYPE = "assay-caller+jwt";
    private static final Duration LIFETIME = Duration.ofMinutes(5);
    /** How long a token is shown again: to sign one takes longer than most requests do. */
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final int REMEMBERED = 10_000;
    /** How far the clocks of two machines may be apart before a token seems to live too long. */
    private static final Duration DRIFT = Duration.ofMinutes(1);

    private static final int LONGEST_NAME = 300;

    /** Keeps the credentials of workers. */
    private static final String LENDER = "job-service";

    private final Signatures signatures;
    private final Cache<Bearer, Minted> minted = Caches.builder().maximumSize(REMEMBERED).build();

    public InternalTokens(Signatures signatures) {
        this.signatures = signatures;
    }

    private record Bearer(Caller caller, String audience) {}

    private record Minted(String token, Instant at) {

        /** By the clock that the token's end was read from: it may be set, or the machine may have slept. */
        boolean isYoung(Instant now) {
            return !now.isBefore(at) && !now.isAfter(at.plus(AGAIN));
        }
    }

    /**
     * A token for a caller, good for at least four and a half minutes.
     *
     * @param audience the only party that will believe it
     */
    public String mint(Caller caller, String audience) {
        var bearer = new Bearer(caller, audience);
        var now = signatures.now();
        var last = minted.getIfPresent(bearer);
        if (last != null && last.isYoung(now)) {
            return last.token();
        }
        var token = sign(caller, audience, now.plus(LIFETIME));
        minted.put(bearer, new Minted(token, now));
        return token;
    }

    private String sign(Caller caller, String audience, Instant expires) {
        var claims = new JWTClaimsSet.Builder()
                .subject(signatures.self().name())
                .claim("team", caller.team().toString())
                .claim("user", caller.user().toString())
                .claim("role", caller.role().name());
        if (caller.narrowed()) {
            claims.claim("narrowed", true);
        }
        if (caller.run() != null) {
            claims.claim("run", caller.run().toString());
        }
        if (caller.attempt() != null) {
            claims.claim("attempt", caller.attempt());
        }
        return signatures.sign(TYPE, audience, claims, expires);
    }

    /** A token for this service, worker or trainer, which speaks for itself. */
    public String mint(Role role, String audience) {
        return mint(Caller.of(role), audience);
    }

    /**
     * A token for a worker that has no keys of its own.
     *
     * @param worker its full name, which begins as those of such workers do
     * @param good how long, five minutes at most
     */
    public String lend(String worker, String audience, Duration good) {
        var claims = new JWTClaimsSet.Builder().subject(worker).claim("role", Role.WORKER.name());
        return signatures.sign(TYPE, audience, claims, signatures.now().plus(good));
    }

    /**
     * Who a token speaks for; empty if it is none of ours, for somebody else, has run out, or says more than its signer may.
     *
     * @throws java.io.UncheckedIOException if that cannot be checked just now
     */
    public Optional<Caller> verify(String token) {
        return signatures.verify(TYPE, token).flatMap(claims -> {
            try {
                return caller(claims);
            } catch (ParseException | RuntimeException e) {
                return Optional.empty();
            }
        });
    }

    private Optional<Caller> caller(JWTClaimsSet claims) throws ParseException {
        var issuer = claims.getIssuer();
        var role = Role.valueOf(claims.getStringClaim("role"));
        var longest = signatures.now().plus(LIFETIME).plus(DRIFT);
        if (!mayGive(issuer).contains(role) || claims.getExpirationTime().toInstant().isAfter(longest)) {
            return Optional.empty();
        }
        if (role == Role.WORKER || role == Role.TRAINER) {
            var prefix = issuer.equals(LENDER) ? WorkerHello.PREFIX : issuer + "/";
            return Optional.of(claims.getSubject())
                    .filter(name -> name.startsWith(prefix))
                    .filter(name -> name.length() <= LONGEST_NAME && name.chars().noneMatch(Character::isISOControl))
                    .map(name -> Caller.named(role, name));
        }
        var run = claims.getStringClaim("run");
        var attempt = claims.getIntegerClaim("attempt");
        if ((role == Role.RUN) != (run != null) || run == null && attempt != null) {
            return Optional.empty();
        }
        return Optional.of(new Caller(
                TeamId.parse(claims.getStringClaim("team")),
                UserId.parse(claims.getStringClaim("user")),
                role,
                run == null ? null : RunId.parse(run),
                attempt,
                null,
                null,
                Boolean.TRUE.equals(claims.getBooleanClaim("narrowed"))));
    }

    /**
     * Only the gateway knows people and the operator; a worker's keys open what is for workers, a trainer's what is for trainers; a service
     * speaks for itself, and one for workers that have no keys.
     */
    private static Set<Role> mayGive(String issuer) {
        if (issuer.equals("gateway-service")) {
            return EnumSet.of(Role.VIEWER, Role.MEMBER, Role.ADMINISTRATOR, Role.RUN, Role.GRANT, Role.SERVICE, Role.OPERATOR);
        }
        if (issuer.equals("worker") || issuer.startsWith("worker-")) {
            return EnumSet.of(Role.WORKER);
        }
        if (issuer.equals("trainer") || issuer.startsWith("trainer-")) {
            return EnumSet.of(Role.TRAINER);
        }
        if (issuer.equals(LENDER)) {
            return EnumSet.of(Role.SERVICE, Role.WORKER);
        }
        return issuer.endsWith("-service") ? EnumSet.of(Role.SERVICE) : EnumSet.noneOf(Role.class);
    }
}
