// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.util.regex.Pattern;

/** How keys are kept: one JWK a file, {@code <issuer>.<key id>.jwk}. Key ids begin with the time: the newest is the last by name. */
final class KeyFile {

    private static final Pattern ISSUER = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final String SUFFIX = ".jwk";

    private KeyFile() {}

    /** Whether these can be in the name of a key's file, and nowhere else than in its folder. */
    static boolean isNameable(String issuer, String keyId) {
        return ISSUER.matcher(issuer).matches() && KEY_ID.matcher(keyId).matches();
    }

    static String name(String issuer, String keyId) {
        if (!isNameable(issuer, keyId)) {
            throw new IllegalArgumentException("'" + issuer + "' with key '" + keyId + "' cannot name a key");
        }
        return issuer + "." + keyId + SUFFIX;
    }

    static boolean isOf(String issuer, String file) {
        return file.startsWith(issuer + ".") && file.endsWith(SUFFIX);
    }
}
