// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSASigner;
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
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The private keys that a process signs with: the newest of its folder. A newer one is found within seconds, without a restart. */
final class OwnKeys {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Path folder;
    private final String issuer;
    private final Clock clock;
    private volatile @Nullable Current current;

    OwnKeys(Path folder, String issuer, Clock clock) {
        this.folder = folder;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** The key to sign with now. */
    record Current(String file, String keyId, ECDSASigner signer, Instant until) {}

    Current newest() {
        var known = current;
        var now = clock.instant();
        if (known != null && now.isBefore(known.until())) {
            return known;
        }
        var file = newestFile();
        var until = now.plus(LOOK_AGAIN);
        var found = known != null && known.file().equals(file)
                ? new Current(file, known.keyId(), known.signer(), until)
                : read(file, until);
        current = found;
        return found;
    }

    private String newestFile() {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> KeyFile.isOf(issuer, name))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(this::none);
        } catch (NoSuchFileException e) {
            throw none();
        } catch (IOException e) {
            throw new UncheckedIOException("the keys of " + issuer + " cannot be read", e);
        }
    }

    private Current read(String file, Instant until) {
        try {
            var key = ECKey.parse(Files.readString(folder.resolve(file)));
            return new Current(file, key.getKeyID(), new ECDSASigner(key), until);
        } catch (IOException | ParseException | JOSEException e) {
            throw new IllegalStateException("the key " + folder.resolve(file) + " cannot be read", e);
        }
    }

    private IllegalStateException none() {
        return new IllegalStateException("no key of " + issuer + " in " + folder.toAbsolutePath()
                + " (ASSAY_KEYS_OWN): make one with dev.assay.kit.identity.MakeKeys");
    }
}
