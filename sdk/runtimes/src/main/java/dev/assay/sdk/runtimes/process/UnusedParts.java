// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** What of a context makes no difference here, in words for its author, who may have meant it to. */
final class UnusedParts {

    private static final List<String> IMAGES = List.of(
            "Dockerfile.hud", "Dockerfile", "Containerfile", "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml");
    private static final List<String> OTHER_LISTS = List.of(
            "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock", "poetry.lock", "pdm.lock", "uv.lock", "pylock.toml", "environment.yml",
            "environment.yaml", "packages.txt", "apt.txt");
    private static final TomlMapper TOML = new TomlMapper();

    private UnusedParts() {}

    static List<String> of(Path source, Recipe recipe) throws IOException {
        List<String> unused = new ArrayList<>();
        add(unused, present(source, IMAGES.stream()), "this version runs as processes, which no recipe of an image plays a part in");
        switch (recipe) {
            case Recipe.Jar jar -> {
                var python = Stream.of("env.py", "pyproject.toml", "requirements.txt");
                add(unused, present(source, python), "the runnable " + jar.file() + " is what serves");
            }
            case Recipe.Python python -> {
                add(unused, present(source, OTHER_LISTS.stream()),
                        "dependencies are read from [project] of pyproject.toml and from requirements.txt");
                var links = Stream.of("pyproject.toml", "requirements.txt").filter(name -> Files.isSymbolicLink(source.resolve(name)));
                add(unused, links.toList(), "a link is not followed");
                add(unused, tables(source), "of pyproject.toml, [project] alone is read");
            }
        }
        return unused;
    }

    private static List<String> tables(Path source) throws IOException {
        var file = source.resolve("pyproject.toml");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        JsonNode pyproject;
        try {
            pyproject = TOML.readTree(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            return List.of(); // whoever reads the recipe says so
        }
        List<String> tables = new ArrayList<>();
        for (var pointer : List.of(
                "/project/optional-dependencies", "/dependency-groups", "/tool/poetry/dependencies", "/tool/uv/sources",
                "/tool/uv/dev-dependencies", "/tool/pdm/dev-dependencies")) {
            if (!pyproject.at(pointer).isMissingNode()) {
                tables.add("[" + pointer.substring(1).replace('/', '.') + "]");
            }
        }
        for (var dynamic : pyproject.at("/project/dynamic")) {
            if (dynamic.asString("").equals("dependencies")) {
                tables.add("dynamic dependencies");
            }
        }
        return tables;
    }

    private static List<String> present(Path source, Stream<String> names) {
        return names.filter(name -> Files.exists(source.resolve(name), LinkOption.NOFOLLOW_LINKS)).toList();
    }

    private static void add(List<String> unused, List<String> names, String because) {
        if (!names.isEmpty()) {
            unused.add("not used: " + String.join(", ", names) + " (" + because + ")");
        }
    }
}
