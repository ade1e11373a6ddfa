// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/**
 * Keys of single runs. Whoever holds one can call models and send spans for that run while its attempt lives, and nothing else; it needs
 * no row anywhere, because it names run and attempt itself and job-service knows whether they live.
 */
public final class RunKeys {

    /** How every run key begins. */
    public static final String PREFIX = "ark_";

    private static final String ISSUER = "assay-run";

    private final InternalTokens tokens;

    public RunKeys(InternalTokens tokens) {
        this.tokens = tokens;
    }

    /** What a run key says. */
    public record RunKey(TeamId team, RunId run, int attempt) {}

    public String mint(RunKey key, Instant expires) {
        return PREFIX
                + tokens.sign(new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .claim("team", key.team().toString())
                        .claim("run", key.run().toString())
                        .claim("attempt", key.attempt())
                        .expirationTime(Date.from(expires))
                        .build());
    }

    /** What the key says; empty if it is none of ours or has run out. Whether the attempt lives is another question. */
    public Optional<RunKey> verify(String key) {
        if (!key.startsWith(PREFIX)) {
            return Optional.empty();
        }
        return tokens.claims(key.substring(PREFIX.length()), ISSUER).flatMap(claims -> {
            try {
                return Optional.of(new RunKey(
                        TeamId.parse(claims.getStringClaim("team")),
                        RunId.parse(claims.getStringClaim("run")),
                        claims.getIntegerClaim("attempt")));
            } catch (ParseException | RuntimeException e) {
                return Optional.empty();
            }
        });
    }
}
