// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Seals maps of strings (environment variables, build arguments) before they go to the database and opens them again.
 *
 * <p>AES-256 in GCM mode with a random nonce for each sealing. The key is derived (HKDF with SHA-256) from the internal secret, which never
 * is in the database: who has only the database, or a backup of it, reads nothing. Whoever changes the internal secret makes what was sealed
 * unreadable; deploying again with all variables repairs that. What was sealed for one owner does not open for another.
 */
@Component
public class SecretBox {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private final SecretKey key;
    private final JsonMapper json;
    private final SecureRandom random = new SecureRandom();

    SecretBox(@Value("${assay.internal-secret}") String secret, JsonMapper json) throws GeneralSecurityException {
        this.json = json;
        this.key = KDF.getInstance("HKDF-SHA256")
                .deriveKey(
                        "AES",
                        HKDFParameterSpec.ofExtract()
                                .addIKM(secret.getBytes(StandardCharsets.UTF_8))
                                .thenExpand("assay environment-service sealed maps".getBytes(StandardCharsets.UTF_8), 32));
    }

    /** @param owner what the values belong to; needed again to open them */
    public @Nullable String seal(Map<String, String> values, Object owner) {
        if (values.isEmpty()) {
            return null;
        }
        try {
            var nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, owner).doFinal(json.writeValueAsBytes(values));
            var whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
            return Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("values of " + owner + " cannot be sealed", e);
        }
    }

    public Map<String, String> open(@Nullable String sealed, Object owner) {
        if (sealed == null) {
            return Map.of();
        }
        try {
            var whole = Base64.getDecoder().decode(sealed);
            var cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(whole, NONCE_BYTES), owner);
            return json.readValue(cipher.doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES), STRINGS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("values of " + owner + " cannot be read: was ASSAY_INTERNAL_SECRET changed?", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, Object owner) throws GeneralSecurityException {
        var cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(owner.toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
