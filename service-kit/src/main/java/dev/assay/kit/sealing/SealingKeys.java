// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.sealing;

import com.nimbusds.jose.jwk.OctetSequenceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.SecretKey;

/** The keys that seal, one JWK a file, read at the start. Their ids begin with the time: the last one seals, each opens what it sealed. */
class SealingKeys {

    private final Path folder;
    private final TreeMap<String, Key> keys = new TreeMap<>();

    SealingKeys(String folder) {
        if (folder.isBlank()) {
            throw new IllegalStateException("ASSAY_KEYS_SEALING must name the folder of the keys that seal what is secret in the database");
        }
        this.folder = Path.of(folder);
        try (var files = Files.newDirectoryStream(this.folder, "*.jwk")) {
            for (var file : files) {
                var key = OctetSequenceKey.parse(Files.readString(file));
                keys.put(key.getKeyID(), new Key(key.getKeyID(), key.toSecretKey("AES")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the keys in " + folder + " cannot be read", e);
        } catch (ParseException | RuntimeException e) {
            throw new IllegalStateException("a key in " + folder + " is none that seals", e);
        }
        if (keys.isEmpty()) {
            throw new IllegalStateException("no key in " + folder + " (ASSAY_KEYS_SEALING)");
        }
    }

    record Key(String id, SecretKey secret) {}

    Key newest() {
        return keys.lastEntry().getValue();
    }

    Optional<Key> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    Path folder() {
        return folder;
    }
}
