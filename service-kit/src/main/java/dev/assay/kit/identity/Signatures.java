// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.assay.kit.cache.Caches;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    /**
     * What was found genuine, and with which key: a token is shown many times, and to read and verify it takes longer than most requests
     * do. All else is looked at each time: whether it is still in force, and whether its key is still believed.
     */
    private final Cache<String, Said> genuine = Caches.builder().maximumSize(REMEMBERED).build();

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
            var known = genuine.getIfPresent(token);
            var said = known == null ? Said.read(token) : known;
            if (!said.isOf(type) || !said.isFor(self.audience()) || !clock.instant().isBefore(said.expires())) {
                return Optional.empty();
            }
            var key = believed.find(said.issuer(), said.keyId());
            if (key.isEmpty() || !key.get().equals(said.key()) && !isGenuine(token, said, key.get())) {
                return Optional.empty();
            }
            return Optional.of(said.claims());
        } catch (ParseException | JOSEException e) {
            return Optional.empty();
        }
    }

    private boolean isGenuine(String token, Said said, ECDSAVerifier key) throws JOSEException, ParseException {
        if (!SignedJWT.parse(token).verify(key)) {
            return false;
        }
        if (token.length() <= LONGEST_REMEMBERED) {
            genuine.put(token, said.by(key));
        }
        return true;
    }

    /**
     * A token, read.
     *
     * @param key with which it was found genuine; null: not yet
     */
    private record Said(JOSEObjectType type, String keyId, JWTClaimsSet claims, Instant expires, @Nullable ECDSAVerifier key) {

        /** @throws ParseException if it is none of those that are signed here */
        static Said read(String token) throws ParseException {
            var jwt = SignedJWT.parse(token);
            var header = jwt.getHeader();
            var claims = jwt.getJWTClaimsSet();
            if (!ALGORITHM.equals(header.getAlgorithm())
                    || header.getType() == null
                    || header.getKeyID() == null
                    || claims.getIssuer() == null
                    || claims.getExpirationTime() == null) {
                throw new ParseException("it lacks what every token of ours says", 0);
            }
            return new Said(header.getType(), header.getKeyID(), claims, claims.getExpirationTime().toInstant(), null);
        }

        boolean isOf(String name) {
            return new JOSEObjectType(name).equals(type);
        }

        boolean isFor(String party) {
            return claims.getAudience().equals(List.of(party));
        }

        String issuer() {
            return claims.getIssuer();
        }

        Said by(ECDSAVerifier genuineWith) {
            return new Said(type, keyId, claims, expires, genuineWith);
        }
    }
}
