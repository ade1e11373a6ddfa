// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * A way from one process of a workspace to an HTTP server. The workspace sees neither the server's address nor what is sent along to it: a
 * relay beside the environment adds that.
 *
 * @param name lower-case letters, digits, {@code _} and {@code -}; begins with a letter
 * @param capability the workspace's name
 * @param url the server as the environment reaches it, without query
 * @param headers set on every request in place of the process's own credentials; at least one
 */
public record BoundConnection(String name, String capability, String url, Map<String, String> headers) {

    /** Where the process finds it. */
    public String clientUrl() {
        return "http://" + name + "-" + digest() + ".hud.invalid" + URI.create(url).getPath();
    }

    private String digest() {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest((name + "\0" + url).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return "BoundConnection[" + name + " of " + capability + "]";
    }
}
