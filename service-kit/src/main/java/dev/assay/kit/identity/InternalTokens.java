// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/** Makes and checks the tokens that services show each other: JWTs signed with a secret that all of them hold. */
public final class InternalTokens {

    private static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final UUID NOBODY = new UUID(0, 0);

    private final byte[] secret;
    private final Clock clock;

    /** @param secret at least 32 characters */
    public InternalTokens(String secret, Clock clock) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.clock = clock;
    }

    /** A token for a caller, good for five minutes. */
    public String mint(Caller caller) {
        var claims = new JWTClaimsSet.Builder()
                .issuer("assay")
                .claim("team", caller.team().toString())
                .claim("user", caller.user().toString())
                .claim("role", caller.role().name())
                .expirationTime(Date.from(clock.instant().plus(LIFETIME)));
        if (caller.run() != null) {
            claims.claim("run", caller.run().toString());
        }
        return sign(claims.build());
    }

    /** A token for a service or worker that speaks for itself. */
    public String mint(Role role) {
        return mint(new Caller(new TeamId(NOBODY), new UserId(NOBODY), role, null));
    }

    /** Who a token speaks for; empty if it is none of ours or has run out. */
    public Optional<Caller> verify(String token) {
        return claims(token, "assay").flatMap(claims -> {
            try {
                var run = claims.getStringClaim("run");
                return Optional.of(new Caller(
                        TeamId.parse(claims.getStringClaim("team")),
                        UserId.parse(claims.getStringClaim("user")),
                        Role.valueOf(claims.getStringClaim("role")),
                        run == null ? null : RunId.parse(run)));
            } catch (ParseException | RuntimeException e) {
                return Optional.empty();
            }
        });
    }

    String sign(JWTClaimsSet claims) {
        try {
            var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
            jwt.sign(new MACSigner(secret));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign an internal token", e);
        }
    }

    Optional<JWTClaimsSet> claims(String token, String issuer) {
        try {
            var jwt = SignedJWT.parse(token);
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(new MACVerifier(secret))) {
                return Optional.empty();
            }
            var claims = jwt.getJWTClaimsSet();
            var expires = claims.getExpirationTime();
            if (!issuer.equals(claims.getIssuer()) || expires == null || expires.toInstant().isBefore(clock.instant())) {
                return Optional.empty();
            }
            return Optional.of(claims);
        } catch (ParseException | JOSEException e) {
            return Optional.empty();
        }
    }
}
