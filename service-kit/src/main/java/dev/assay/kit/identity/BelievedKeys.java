// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of those who are believed. A key that is not known yet is looked for in the folder at once, so that a new one opens
 * doors from its first token on; one that was taken out of the folder opens none within seconds. What is not there is never remembered:
 * a made-up key id costs one look at the folder.
 */
final class BelievedKeys {

    private static final Logger log = LoggerFactory.getLogger(BelievedKeys.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final Path folder;
    private final Clock clock;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    BelievedKeys(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    private record Known(ECDSAVerifier verifier, Instant until) {}

    /** @throws UncheckedIOException if there is such a key but it cannot be read: whoever shows what it signed is no stranger for that */
    Optional<ECDSAVerifier> find(String issuer, String keyId) {
        if (!KeyFile.isNameable(issuer, keyId)) {
            return Optional.empty();
        }
        var name = KeyFile.name(issuer, keyId);
        var now = clock.instant();
        var found = known.get(name);
        if (found != null && now.isBefore(found.until())) {
            return Optional.of(found.verifier());
        }
        try {
            var key = ECKey.parse(Files.readString(folder.resolve(name)));
            if (!keyId.equals(key.getKeyID())) {
                throw new ParseException("it names another key id", 0);
            }
            var verifier = new ECDSAVerifier(key.toPublicJWK());
            known.put(name, new Known(verifier, now.plus(LOOK_AGAIN)));
            return Optional.of(verifier);
        } catch (NoSuchFileException e) {
            known.remove(name);
            return Optional.empty();
        } catch (IOException | ParseException | JOSEException e) {
            log.error("the public key {} cannot be read: {}", folder.resolve(name), e.toString());
            throw new UncheckedIOException("a public key cannot be read", e instanceof IOException failure ? failure : new IOException(e));
        }
    }
}
