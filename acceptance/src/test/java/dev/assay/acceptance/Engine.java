// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Docker engine of whoever runs the tests, and the images that tests share; they stay there as the clients in {@code .assay} do. */
final class Engine {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Map<String, String> VARIABLES = variables();

    private static @Nullable String python;
    private static @Nullable String letters;
    private static @Nullable String prober;

    private Engine() {}

    /** Nothing is pulled: whether a registry answers can take minutes to find out. */
    static boolean hasImages() {
        return succeeds("docker", "compose", "version")
                && succeeds("docker", "image", "inspect", "python:3.11-slim", "eclipse-temurin:25-jre");
    }

    /** Whether a command is there and ends well within seconds. */
    static boolean succeeds(String... command) {
        try (var process = Running.start(Repository.ROOT, VARIABLES, List.of(command))) {
            return process.finish(Duration.ofSeconds(60)).exit() == 0;
        } catch (UncheckedIOException | AssertionError notInstalledOrTooSlow) {
            return false;
        }
    }

    /** A user whose client finds the engine too, though their home is another. */
    static Hud user(Hud hud) {
        VARIABLES.forEach((name, value) -> {
            if (!name.equals("HOME")) {
                hud.set(name, value);
            }
        });
        return hud;
    }

    /** Python with the published client, for other images to begin with. */
    static synchronized String python() {
        if (python == null) {
            var context = Repository.freshFolder("image");
            Repository.copy(Repository.resource("images/python"), context);
            Repository.copy(Client.wheels(), context.resolve("wheels"));
            python = build("assay-acceptance/python", context, "Dockerfile");
        }
        return python;
    }

    /** F1. */
    static synchronized String letters() {
        if (letters == null) {
            letters = build("assay-acceptance/letters", Repository.resource("sources/letters"), "Dockerfile.hud", "BASE=" + python());
        }
        return letters;
    }

    /** What {@link Deployed#prober} deploys. */
    static synchronized String prober() {
        if (prober == null) {
            var context = Repository.freshFolder("image");
            Repository.copy(Repository.resource("sources/prober"), context);
            Repository.copy(Repository.resource("sources/letters/Dockerfile.hud"), context.resolve("Dockerfile.hud"));
            prober = build("assay-acceptance/prober", context, "Dockerfile.hud", "BASE=" + python());
        }
        return prober;
    }

    /** The same kind of environment in Java, from the context that the example's own page describes. */
    static synchronized String lettersInJava() {
        return build("assay-acceptance/letter-count-java", lettersInJavaContext(), "Dockerfile.hud");
    }

    static Path lettersInJavaContext() {
        var example = Repository.ROOT.resolve("examples/letter-count-java");
        var context = Repository.freshFolder("image");
        for (var file : List.of("env.py", "tasks.json", "Dockerfile.hud")) {
            Repository.copy(example.resolve(file), context.resolve(file));
        }
        Repository.copy(example.resolve("target/letter-count-all.jar"), context.resolve("letter-count.jar"));
        return context;
    }

    /** What there is of rollouts: whatever the client makes for one, and whatever runs of our images. */
    static Set<String> rollouts() {
        var found = new TreeSet<String>();
        found.addAll(lines("ps", "--all", "--format", "container {{.Names}} of {{.Image}}"));
        found.addAll(lines("volume", "ls", "--format", "volume {{.Name}}"));
        found.addAll(lines("network", "ls", "--format", "network {{.Name}}"));
        var ofRollouts = Pattern.compile("volume hud-runtime-sessions-.*|\\w+ hud-[0-9a-f]{12}[_-].*|container .* of assay-acceptance/.*");
        found.removeIf(ofRollouts.asMatchPredicate().negate());
        return found;
    }

    static List<String> lines(String... command) {
        return docker(command).stdout().lines().toList();
    }

    static Finished docker(String... command) {
        return start(command).finish(PATIENCE).exitsWith(0);
    }

    static Running start(String... command) {
        var line = new ArrayList<>(List.of("docker"));
        line.addAll(List.of(command));
        return Running.start(Repository.ROOT, VARIABLES, line);
    }

    private static String build(String tag, Path context, String recipe, String... arguments) {
        var command = new ArrayList<>(List.of("build", "--quiet", "--tag", tag, "--file", context.resolve(recipe).toString()));
        List.of(arguments).forEach(argument -> command.addAll(List.of("--build-arg", argument)));
        command.add(context.toString());
        docker(command.toArray(String[]::new));
        return tag;
    }

    private static Map<String, String> variables() {
        var home = System.getProperty("user.home");
        var variables = new HashMap<>(Map.of("HOME", home, "DOCKER_CONFIG", Path.of(home, ".docker").toString()));
        // every engine has the classic builder, not every one a current buildx
        variables.put("DOCKER_BUILDKIT", "0");
        for (var name : List.of("DOCKER_CONFIG", "DOCKER_HOST", "DOCKER_CONTEXT")) {
            var value = System.getenv(name);
            if (value != null) {
                variables.put(name, value);
            }
        }
        return Map.copyOf(variables);
    }
}
