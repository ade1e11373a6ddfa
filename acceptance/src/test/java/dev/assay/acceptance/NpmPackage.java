// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A program that its vendor gives away by npm, kept from one run of the tests to the next. */
final class NpmPackage {

    private NpmPackage() {}

    /**
     * Installs it, unless it is there; whoever needs it is skipped where there is no npm.
     *
     * @param name of the folder that keeps it
     * @param has a path within the folder of all packages that is there once it is installed
     * @return the folder of all packages
     */
    static Path installed(String name, String packaged, String has) {
        var home = Repository.ROOT.resolve(".assay").resolve(name);
        var modules = home.resolve("node_modules");
        var folders = Stream.of(System.getenv("PATH").split(":"));
        assumeTrue(folders.anyMatch(folder -> Files.isExecutable(Path.of(folder, "npm"))), "no npm here");
        if (!Files.exists(modules.resolve(has))) {
            Running.start(Repository.ROOT, Map.of("HOME", Repository.freshFolder("home").toString()),
                    List.of("npm", "install", "--no-fund", "--no-audit", "--prefix", home.toString(), packaged))
                    .finish(Duration.ofMinutes(5)).exitsWith(0);
        }
        return modules;
    }
}
