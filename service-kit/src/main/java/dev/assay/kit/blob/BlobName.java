// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

/** A SHA-256, and the path of what it names: by its first two digits, so that no folder lists too many. */
final class BlobName {

    private static final String NAME = "[0-9a-f]{64}";

    private BlobName() {}

    static boolean is(String name) {
        return name.matches(NAME);
    }

    /** @throws IllegalArgumentException if it is no SHA-256 */
    static String path(String sha256) {
        if (!is(sha256)) {
            throw new IllegalArgumentException("'" + sha256 + "' is no SHA-256");
        }
        return sha256.substring(0, 2) + "/" + sha256;
    }
}
