// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A user at a terminal: a fresh folder, a fresh home, some variables, and the command `hud`. */
final class Hud {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    final Path folder;
    final Path home;
    private final Map<String, String> variables = new HashMap<>();
    private Path bin = Client.bin();

    Hud() {
        var place = Repository.freshFolder("user");
        folder = place.resolve("folder");
        home = place.resolve("home");
        folder.toFile().mkdirs();
        home.toFile().mkdirs();
        variables.put("HOME", home.toString());
        variables.put("HUD_SKIP_VERSION_CHECK", "1");
        variables.put("HUD_CLI_ANALYTICS_ENABLED", "0");
        variables.put("NO_COLOR", "1");
        variables.put("COLUMNS", "250");
        variables.put("TERM", "dumb");
        variables.put("PYTHONUNBUFFERED", "1");
        // Nobody listens there: a call that should not be made fails instead of leaving this machine.
        for (var name : List.of("HUD_API_URL", "HUD_TELEMETRY_URL", "HUD_GATEWAY_URL", "HUD_RUNTIME_URL", "HUD_RL_URL", "HUD_WEB_URL")) {
            variables.put(name, "http://127.0.0.1:9");
        }
    }

    /** Puts a copy of one of the sources into the folder. */
    Hud source(String name) {
        Repository.copy(Repository.resource("sources/" + name), folder);
        return this;
    }

    Hud set(String name, String value) {
        variables.put(name, value);
        return this;
    }

    Hud unset(String name) {
        variables.remove(name);
        return this;
    }

    /** Another client than today's. */
    Hud with(Path programs) {
        bin = programs;
        return this;
    }

    String key() {
        return variables.get("HUD_API_KEY");
    }

    /** Points the six variables and the key at a platform. */
    Hud against(String platform, String key) {
        for (var name : List.of("HUD_API_URL", "HUD_RUNTIME_URL", "HUD_WEB_URL")) {
            variables.put(name, platform);
        }
        variables.put("HUD_TELEMETRY_URL", platform + "/telemetry/v3/api");
        variables.put("HUD_GATEWAY_URL", platform + "/inference");
        variables.put("HUD_RL_URL", platform + "/rl");
        variables.put("HUD_API_KEY", key);
        return this;
    }

    Hud write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
        return this;
    }

    String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    Finished run(String... arguments) {
        return fork(joined(bin.resolve("hud").toString(), List.of(arguments))).finish(PATIENCE);
    }

    Running start(String... arguments) {
        return launch(bin.resolve("hud").toString(), arguments);
    }

    /** Runs a Python file of the folder with the client's interpreter. */
    Finished python(String... arguments) {
        return fork(List.of(arguments)).finish(PATIENCE);
    }

    /** The same, for a program that goes on. */
    Running startPython(String... arguments) {
        return launch(bin.resolve("python").toString(), arguments);
    }

    /** Any other program, with what the client would be told. */
    Finished program(String name, String... arguments) {
        return launch(name, arguments).finish(PATIENCE);
    }

    /** By the client's Python, a file and its arguments. */
    private Running fork(List<String> words) {
        boolean forked = bin.equals(Client.bin()) && !words.getFirst().startsWith("-");
        return Running.start(folder, variables, forked ? ClientForks.command(words) : joined(bin.resolve("python").toString(), words));
    }

    private static List<String> joined(String first, List<String> others) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    /** What a server of clients is started with: as a user has it who set nothing more. */
    ProcessBuilder builder(List<String> command) {
        return Running.builder(folder, variables, command);
    }

    private Running launch(String program, String... arguments) {
        return Running.start(folder, variables, joined(program, List.of(arguments)));
    }
}
