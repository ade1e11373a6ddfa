// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The published client in a virtual environment of its own, the one that the launcher's demo uses too. */
final class Client {

    private static final String PACKAGE = "hud==0.6.21";
    private static final String TYPER = "typer<0.29";
    private static final Path BIN = installed();

    private Client() {}

    static String python() {
        return BIN.resolve("python").toString();
    }

    static Path bin() {
        return BIN;
    }

    private static Path installed() {
        return environment("client", PACKAGE, TYPER);
    }

    /** The programs of a virtual environment that holds these packages and is kept from one run of the tests to the next. */
    static synchronized Path environment(String name, String... packages) {
        var home = Repository.ROOT.resolve(".assay").resolve(name);
        var bin = home.resolve("bin");
        var mark = home.resolve("installed-" + String.join(" ", packages));
        if (!Files.exists(mark)) {
            run("sh", "-c", "for p in python3.12 python3.11 python3; do $p -c 'import sys, venv, ensurepip;"
                    + " sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && exec $p -m venv --clear '" + home + "'; done; exit 1");
            install(bin, packages);
            run("touch", mark.toString());
        }
        return bin;
    }

    /** The client with more packages. Those that it needs anyway are found where it has them already: they are two thirds of all. */
    static synchronized Path withMore(String name, String... packages) {
        var home = Repository.ROOT.resolve(".assay").resolve(name);
        var bin = home.resolve("bin");
        var mark = home.resolve("installed-" + String.join(" ", packages) + " beside " + PACKAGE);
        if (!Files.exists(mark)) {
            run(python(), "-m", "venv", "--clear", home.toString());
            run("sh", "-c", "cd '" + home + "'/lib/python*/site-packages"
                    + " && ls -d '" + BIN.getParent() + "'/lib/python*/site-packages > client.pth");
            install(bin, "--no-deps", "--ignore-installed", PACKAGE); // its command
            install(bin, packages);
            run("touch", mark.toString());
        }
        return bin;
    }

    /** The client and all that it needs as files, for the Python of Debian 12 in an image: nothing is fetched while that is built. */
    static synchronized Path wheels() {
        var home = Repository.ROOT.resolve(".assay").resolve("wheels-" + PACKAGE);
        var machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
        if (!Files.exists(home.resolve("complete"))) {
            run(Stream.concat(
                    Stream.of(BIN.resolve("pip").toString(), "--quiet", "--disable-pip-version-check", "download",
                            "--dest", home.toString(), "--only-binary", ":all:", "--python-version", "3.11", PACKAGE, TYPER),
                    Stream.of("2014", "_2_17", "_2_28").flatMap(of -> Stream.of("--platform", "manylinux" + of + "_" + machine)))
                    .toArray(String[]::new));
            run("touch", home.resolve("complete").toString());
        }
        return home;
    }

    /** Most of a package's files nobody ever imports: whichever is imported is compiled then. */
    private static void install(Path bin, String... packages) {
        run(Stream.concat(Stream.of(bin.resolve("pip").toString(), "--quiet", "--disable-pip-version-check", "install", "--no-compile"),
                Stream.of(packages)).toArray(String[]::new));
    }

    private static void run(String... command) {
        // most of what the clients need is the same
        var variables = Map.of(
                "HOME", Repository.freshFolder("home").toString(), "PIP_CACHE_DIR", Repository.madeFolder(".assay/pip").toString());
        Running.start(Repository.ROOT, variables, List.of(command))
                .finish(Duration.ofMinutes(5)).exitsWith(0);
    }
}
