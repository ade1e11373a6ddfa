// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * Signs what this process says with its own key, and checks what others say: JWTs (ES256) that name who signed them ({@code iss}), for
 * whom alone ({@code aud}), with which key ({@code kid}), what for ({@code typ}) and until when ({@code exp}).
 */
public final class Signatures {

    private static final JWSAlgorithm ALGORITHM = JWSAlgorithm.ES256;
    private static final int REMEMBERED = 10_000;
    private static final int LONGEST_REMEMBERED = 4096;

    private final Party self;
    private final OwnKeys own;
    private final BelievedKeys believed;
    private final Clock clock;
    /** With which key a token was found genuine: a token is shown many times, and the arithmetic takes longer than most requests do. */
    private final Cache<String, ECDSAVerifier> genuine = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /**
     * @param own folder of this party's private keys
     * @param believed folder of the public keys of all parties
     */
    public Signatures(Party self, Path own, Path believed, Clock clock) {
        this.self = self;
        this.own = new OwnKeys(own, self.issuer(), clock);
        this.believed = new BelievedKeys(believed, clock);
        this.clock = clock;
    }

    Party self() {
        return self;
    }

    Instant now() {
        return clock.instant();
    }

    String sign(String type, String audience, JWTClaimsSet.Builder claims, Instant expires) {
        var key = own.newest();
        var header = new JWSHeader.Builder(ALGORITHM).type(new JOSEObjectType(type)).keyID(key.keyId()).build();
        var jwt = new SignedJWT(
                header, claims.issuer(self.issuer()).audience(audience).expirationTime(Date.from(expires)).build());
        try {
            jwt.sign(key.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a token", e);
        }
        return jwt.serialize();
    }

    /**
     * What a token says; empty unless it is of that type, made out to this party, in force, and signed with a key of its issuer's.
     *
     * @throws java.io.UncheckedIOException if that cannot be checked just now
     */
    Optional<JWTClaimsSet> verify(String type, String token) {
        try {
            var jwt = SignedJWT.parse(token);
            var header = jwt.getHeader();
            var claims = jwt.getJWTClaimsSet();
            var expires = claims.getExpirationTime();
            if (!ALGORITHM.equals(header.getAlgorithm())
                    || !new JOSEObjectType(type).equals(header.getType())
                    || header.getKeyID() == null
                    || claims.getIssuer() == null
                    || !claims.getAudience().equals(List.of(self.name()))
                    || expires == null
                    || !clock.instant().isBefore(expires.toInstant())) {
                return Optional.empty();
            }
            var key = believed.find(claims.getIssuer(), header.getKeyID());
            return key.isPresent() && isGenuine(jwt, token, key.get()) ? Optional.of(claims) : Optional.empty();
        } catch (ParseException | JOSEException e) {
            return Optional.empty();
        }
    }

    /** All else is looked at each time: whether the token is still in force, and whether its key is still believed. */
    private boolean isGenuine(SignedJWT jwt, String token, ECDSAVerifier key) throws JOSEException {
        if (key.equals(genuine.getIfPresent(token))) {
            return true;
        }
        if (!jwt.verify(key)) {
            return false;
        }
        if (token.length() <= LONGEST_REMEMBERED) {
            genuine.put(token, key);
        }
        return true;
    }
}
