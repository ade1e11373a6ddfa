// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that every provider accepts for a tool: letters, digits, underscore and dash, at most 64 of them. */
public final class ToolNames {

    private static final int LIMIT = 64;
    private static final int DIGEST = 8;

    private ToolNames() {}

    /** The name itself where it may stay; otherwise what is left of it, made unique by a digest of the original. */
    public static String sanitized(String name) {
        var kept = orTool(name.replaceAll("[^A-Za-z0-9_-]+", "_").replaceAll("^_+|_+$", ""));
        if (kept.equals(name) && kept.length() <= LIMIT) {
            return kept;
        }
        var prefix = kept.substring(0, Math.min(kept.length(), LIMIT - DIGEST - 1)).replaceAll("_+$", "");
        return orTool(prefix) + "_" + digest(name);
    }

    private static String orTool(String name) {
        return name.isEmpty() ? "tool" : name;
    }

    private static String digest(String name) {
        try {
            var bytes = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes).substring(0, DIGEST);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
