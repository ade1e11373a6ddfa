// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ids of tool calls. They go through as they are where their target takes them; others are shortened, always in the same way, so that a
 * call and its result stay together without anything being remembered. The signature that Gemini puts on a call has to come back to it, and
 * its id is the one thing that every client sends back: it travels inside.
 */
final class Ids {

    private static final Pattern EVERYWHERE = Pattern.compile("[A-Za-z0-9_-]{1,40}");
    private static final String SEAL = "_sig_";

    private Ids() {}

    /** An id that every upstream takes. */
    static String plain(String id) {
        return EVERYWHERE.matcher(id).matches() ? id : "call_" + hash(id);
    }

    /** An id of a call that carries its seal. */
    static String sealed(String id, String seal) {
        return id + SEAL + Base64.getUrlEncoder().withoutPadding().encodeToString(seal.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable String sealOf(String id) {
        var at = id.indexOf(SEAL);
        try {
            return at < 0 ? null : new String(Base64.getUrlDecoder().decode(id.substring(at + SEAL.length())), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static String unsealed(String id) {
        return sealOf(id) == null ? id : id.substring(0, id.indexOf(SEAL));
    }

    /** 24 hexadecimal digits that follow from a text. */
    static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String random() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
