// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * An API key, the token of a signed-in browser, or the secret of a link, as its owner holds it. It has 256 bits of chance, so a plain hash is enough to store
 * it by: there is nothing to guess.
 */
record KeyText(String value) {

    static final String PREFIX = "ask_";
    static final String SIGN_IN_PREFIX = "asn_";
    static final String LINK_PREFIX = "asl_";
    private static final Pattern FORM = Pattern.compile("as[knl]_[A-Za-z0-9_-]{43}");
    private static final SecureRandom CHANCE = new SecureRandom();

    static KeyText random() {
        return random(PREFIX);
    }

    static KeyText random(String prefix) {
        var bytes = new byte[32];
        CHANCE.nextBytes(bytes);
        return new KeyText(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Whether it could be one of ours. What could not is no question for the database. */
    boolean wellFormed(String prefix) {
        return value.startsWith(prefix) && FORM.matcher(value).matches();
    }

    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Enough to recognize a key in a list, too little to use it. */
    String hint() {
        return value.substring(0, PREFIX.length()) + "…" + value.substring(value.length() - 4);
    }

    /** Keys do not slip into logs by way of a record's text form. */
    @Override
    public String toString() {
        return hint();
    }
}
