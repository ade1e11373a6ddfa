// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys of single runs. Whoever holds one can call the run's model and send spans for that run while its attempt lives, and nothing else; it
 * needs no row anywhere, because it names run and attempt itself and job-service, which signs it, knows whether they live.
 */
public final class RunKeys {

    /** How every run key begins. */
    public static final String PREFIX = "ark_";

    private static final String TYPE = "assay-run+jwt";
    private static final String SIGNER = "job-service";
    private static final String OPENS = "gateway-service";

    private final Signatures signatures;

    public RunKeys(Signatures signatures) {
        this.signatures = signatures;
    }

    /**
     * What a run key says.
     *
     * @param model the model that the run's agent was submitted with, as it was written; null: none
     */
    public record RunKey(TeamId team, RunId run, int attempt, @Nullable String model) {}

    public String mint(RunKey key, Instant expires) {
        var claims = new JWTClaimsSet.Builder()
                .claim("team", key.team().toString())
                .claim("run", key.run().toString())
                .claim("attempt", key.attempt())
                .claim("model", key.model());
        return PREFIX + signatures.sign(TYPE, OPENS, claims, expires);
    }

    /**
     * What the key says; empty if it is none of ours or has run out. Whether the attempt lives is another question.
     *
     * @throws java.io.UncheckedIOException if that cannot be checked just now
     */
    public Optional<RunKey> verify(String key) {
        if (!key.startsWith(PREFIX)) {
            return Optional.empty();
        }
        return signatures.verify(TYPE, key.substring(PREFIX.length()))
                .filter(claims -> SIGNER.equals(claims.getIssuer()))
                .flatMap(claims -> {
                    try {
                        return Optional.of(new RunKey(
                                TeamId.parse(claims.getStringClaim("team")),
                                RunId.parse(claims.getStringClaim("run")),
                                claims.getIntegerClaim("attempt"),
                                claims.getStringClaim("model")));
                    } catch (ParseException | RuntimeException e) {
                        return Optional.empty();
                    }
                });
    }
}
