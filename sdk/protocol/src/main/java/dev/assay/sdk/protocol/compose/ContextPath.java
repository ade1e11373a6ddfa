// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.regex.Pattern;

/** Paths within an uploaded folder. */
final class ContextPath {

    /** Nothing that a recipe could take for more than a name. */
    private static final Pattern PLAIN = Pattern.compile("[\\w. @+,=~/-]*");

    private ContextPath() {}

    /** Relative to the uploaded folder, without dots; empty if it leads out of that, or is not plain. */
    static Optional<String> within(String folder, String path) {
        if (path.startsWith("/") || path.startsWith("~") || !PLAIN.matcher(path).matches()) {
            return Optional.empty();
        }
        var parts = new ArrayDeque<String>();
        for (var part : (folder + "/" + path).split("/")) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    return Optional.empty();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return Optional.of(String.join("/", parts));
    }
}
