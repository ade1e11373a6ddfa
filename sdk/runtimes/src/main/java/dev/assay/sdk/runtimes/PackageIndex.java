// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How this machine reaches packages: what its operator told pip. The one thing of the worker's environment that an installation gets. */
record PackageIndex(Map<String, String> variables, List<Path> files) {

    static PackageIndex of(Map<String, String> environment) {
        Map<String, String> variables = new TreeMap<>();
        environment.forEach((name, value) -> {
            var upper = name.toUpperCase(Locale.ROOT);
            if (upper.startsWith("PIP_") || upper.endsWith("_PROXY") || upper.matches("SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE")) {
                variables.put(name, value);
            }
        });
        List<Path> files = new ArrayList<>();
        for (var value : variables.values()) {
            for (var word : value.split("\\s+")) {
                if (word.startsWith("/") && Files.exists(Path.of(word))) {
                    files.add(Path.of(word));
                }
            }
        }
        return new PackageIndex(variables, files);
    }

    /** The user's own pip settings, found by pip below HOME. */
    static void copySettings(Map<String, String> environment, SandboxFolder folder) throws IOException {
        var home = environment.get("HOME");
        for (var name : List.of(".config/pip/pip.conf", ".pip/pip.conf")) {
            if (home != null && Files.isReadable(Path.of(home, name))) {
                var copy = folder.host(SandboxFolder.HOME).resolve(name);
                Files.createDirectories(copy.getParent());
                Files.copy(Path.of(home, name), copy);
            }
        }
    }
}
