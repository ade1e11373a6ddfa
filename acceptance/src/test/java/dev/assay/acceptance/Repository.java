// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where things lie in the checkout, and folders to work in. */
final class Repository {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();
    private static final Path WORK = Path.of("target", "work").toAbsolutePath();

    private Repository() {}

    /** All workers of the tests share their virtual environments, from one run of the tests to the next: making one takes a minute. */
    static String workerCache() {
        return ROOT.resolve(".assay").resolve("acceptance-cache").toString();
    }

    /** A folder of the checkout, made if it is not there. */
    static Path madeFolder(String path) {
        try {
            return Files.createDirectories(ROOT.resolve(path));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The executable jar of a module, unpacked once: from inside of it, classes are loaded at twice the cost, at every start again. */
    static Path app(String module) {
        return UNPACKED.computeIfAbsent(module, Repository::unpack);
    }

    private static Path unpack(String module) {
        var jar = module + "-0.1.0-SNAPSHOT-app.jar";
        var folder = freshFolder(module);
        var extract = List.of(Platform.java(), "-Djarmode=tools", "-jar", ROOT.resolve(module).resolve("target").resolve(jar).toString(),
                "extract", "--force", "--destination", folder.toString());
        Running.start(folder, Map.of(), extract).finish(Duration.ofMinutes(5)).exitsWith(0);
        return folder.resolve(jar);
    }

    /** A file or folder of the test resources. */
    static Path resource(String name) {
        var resource = Repository.class.getResource("/" + name);
        if (resource == null) {
            throw new IllegalArgumentException("no test resource " + name);
        }
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    /** An empty folder that nobody else has; it is kept after the test, for whoever must find out what happened. */
    static Path freshFolder(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(WORK), name + "-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static void copy(Path from, Path to) {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
