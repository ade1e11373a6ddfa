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
        var home = Repository.ROOT.resolve(".assay/client");
        var bin = home.resolve("bin");
        return once(home, List.of(PACKAGE, TYPER), () -> {
            run("sh", "-c", "for p in python3.12 python3.11 python3; do $p -c 'import sys, venv, ensurepip;"
                    + " sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && exec $p -m venv --clear '" + home
                    + "'; done; exit 1");
            install(bin, "--upgrade", "pip"); // what Python brings may be years old, and takes three times as long
            install(bin, PACKAGE, TYPER);
        });
    }

    /** The programs of a virtual environment that holds these packages and is kept from one run of the tests to the next. */
    static synchronized Path environment(String name, String... packages) {
        var home = Repository.ROOT.resolve(".assay").resolve(name);
        return once(home, List.of(packages), () -> {
            make(home);
            install(home.resolve("bin"), packages);
        });
    }

    /**
     * The same, for packages of which most are the client's, or what it needs: that is found where the client has it, and is most of what
     * an environment costs. The first of the packages is its own in any case, with its commands.
     */
    static synchronized Path besideTheClient(String name, String... packages) {
        var home = Repository.ROOT.resolve(".assay").resolve(name);
        var all = Stream.concat(Stream.of(packages), Stream.of("beside " + PACKAGE)).toList();
        return once(home, all, () -> {
            make(home);
            run("sh", "-c", "cd '" + home + "'/lib/python*/site-packages"
                    + " && ls -d '" + BIN.getParent() + "'/lib/python*/site-packages > client.pth");
            install(home.resolve("bin"), "--no-deps", "--ignore-installed", packages[0]);
            install(home.resolve("bin"), packages);
        });
    }

    /** The client, and behind it all that another Python of its version has. */
    static synchronized Path with(Path python) {
        var home = Repository.ROOT.resolve(".assay/client-with-torch");
        return once(home, List.of(PACKAGE, "with " + python.toString().replace('/', '-')), () -> {
            make(home);
            run("sh", "-c", "cd '" + home + "'/lib/python*/site-packages"
                    + " && ls -d '" + BIN.getParent() + "'/lib/python*/site-packages '" + python.getParent().getParent()
                    + "'/lib/python*/site-packages > client.pth");
        });
    }

    private static Path once(Path home, List<String> packages, Runnable making) {
        var mark = home.resolve("installed-" + String.join(" ", packages));
        if (!Files.exists(mark)) {
            making.run();
            run("touch", mark.toString());
        }
        return home.resolve("bin");
    }

    /** Without an installer of its own, which takes longer than all the rest. */
    private static void make(Path home) {
        run(python(), "-m", "venv", "--clear", "--without-pip", home.toString());
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

    /** By the client's installer. Most of a package's files nobody ever imports: whichever is imported is compiled then. */
    private static void install(Path bin, String... packages) {
        var client = Repository.ROOT.resolve(".assay/client/bin/pip").toString();
        run(Stream.concat(
                Stream.of(client, "--python", bin.resolve("python").toString(), "--quiet", "--disable-pip-version-check", "install",
                        "--no-compile"),
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
