// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Paths with names in any script, also where the tests run in a locale that has no letters for them. */
public final class Utf8Path {

    private Utf8Path() {}

    public static Path in(Path folder, String name) {
        var encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
        return Path.of(URI.create(folder.toUri() + encoded));
    }
}
