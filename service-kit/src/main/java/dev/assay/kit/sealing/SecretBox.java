// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.sealing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Seals maps of strings (environment variables, build arguments, credentials) before they go to the database and opens them again.
 *
 * <p>AES-256 in GCM mode with a random nonce for each sealing. The keys never are in the database: who has only the database, or a backup
 * of it, reads nothing. What is sealed names its key, so a newer key takes over without making anything unreadable, as long as the older one
 * stays in its folder. What was sealed for one owner does not open for another.
 */
public class SecretBox {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final char SEPARATOR = ':';
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private final SealingKeys keys;
    private final JsonMapper json;
    private final String ifLost;
    private final SecureRandom random = new SecureRandom();

    /** @param ifLost what people do whose values no key opens any more, as the end of a sentence */
    SecretBox(SealingKeys keys, JsonMapper json, String ifLost) {
        this.keys = keys;
        this.json = json;
        this.ifLost = ifLost;
    }

    /** @param owner what the values belong to; needed again to open them */
    public @Nullable String seal(Map<String, String> values, Object owner) {
        if (values.isEmpty()) {
            return null;
        }
        try {
            var key = keys.newest();
            var nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            var sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, owner).doFinal(json.writeValueAsBytes(values));
            var whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
            return key.id() + SEPARATOR + Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("values of " + owner + " cannot be sealed", e);
        }
    }

    /**
     * What was sealed for this owner.
     *
     * @throws UnopenedException if no key here opens it
     */
    public Map<String, String> open(@Nullable String sealed, Object owner) {
        if (sealed == null) {
            return Map.of();
        }
        try {
            var keyId = sealed.substring(0, Math.max(0, sealed.indexOf(SEPARATOR)));
            var key = keys.find(keyId)
                    .orElseThrow(() -> new GeneralSecurityException("there is no key '" + keyId + "' in " + keys.folder()));
            var whole = Base64.getDecoder().decode(sealed.substring(keyId.length() + 1));
            var cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(whole, NONCE_BYTES), owner);
            return json.readValue(cipher.doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES), STRINGS);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UnopenedException(
                    "The values sealed for " + owner + " cannot be opened: the key that sealed them is not in the platform's"
                            + " ASSAY_KEYS_SEALING. Bring it back; or, if it is lost, " + ifLost,
                    e);
        }
    }

    private Cipher cipher(int mode, SealingKeys.Key key, byte[] nonce, Object owner) throws GeneralSecurityException {
        var cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key.secret(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(owner.toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
