// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/**
 * How a service's image is made.
 *
 * @param context the folder, relative to the uploaded one; empty: that one
 * @param recipe the file, relative to the context
 * @param args for what the recipe declares
 */
public record ComposeBuild(String context, String recipe, SortedMap<String, String> args) {

    static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8))).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
