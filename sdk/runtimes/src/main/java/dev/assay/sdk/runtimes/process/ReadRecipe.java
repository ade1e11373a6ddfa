// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** Looks into an unpacked context and tells how it is to be served. */
final class ReadRecipe {

    /** The release of the client's package that this platform speaks to; contexts that name none get it. */
    static final String CLIENT_PACKAGE = "hud==0.6.21";

    /** The package's command line does not start with a newer one. */
    static final String CLIENT_CONSTRAINT = "typer<0.29";

    private static final Pattern COMMENT = Pattern.compile("#[^'\"]*$");
    private static final Pattern NAMING = Pattern.compile("(\\w+\\s*=\\s*)?(hud\\.)?Environment\\s*\\([^()]*\\)");

    private static final int LARGEST_FILE = 1 << 20;
    private static final TomlMapper TOML = new TomlMapper();

    private ReadRecipe() {}

    static Recipe of(Path context, String declaredName) throws SandboxException {
        try {
            var declaration = declaration(context, declaredName);
            var jars = declaration.filter(file -> !onlyNames(file)).isPresent() ? List.<Path>of() : runnableJars(context);
            if (jars.size() > 1) {
                throw new SandboxException("which of its runnable jars serves cannot be told: "
                        + String.join(", ", jars.stream().map(ReadRecipe::name).toList()));
            }
            return jars.isEmpty() ? python(context, declaration) : new Recipe.Jar(name(jars.getFirst()));
        } catch (IOException e) {
            throw new SandboxException("the context cannot be read: " + e.getMessage(), e);
        }
    }

    private static Recipe python(Path context, Optional<Path> declaration) throws IOException, SandboxException {
        var pyproject = context.resolve("pyproject.toml");
        boolean hasProject = isFile(pyproject);
        boolean hasRequirements = isFile(context.resolve("requirements.txt"));
        if (filesAtRoot(context, ".py").isEmpty()) {
            throw new SandboxException("nothing in the context can be served: it holds neither a .py file at its root that declares an"
                    + " environment nor a runnable jar");
        }
        var target = declaration.map(ReadRecipe::name).orElse(".");
        List<String> requirements = new ArrayList<>();
        var requiresPython = "";
        if (hasProject) {
            var project = parse(pyproject).path("project");
            requiresPython = project.path("requires-python").asString("");
            for (var dependency : project.path("dependencies")) {
                requirements.add(dependency.asString(""));
            }
        }
        var named = new ArrayList<>(requirements);
        if (hasRequirements) {
            named.addAll(lines(context.resolve("requirements.txt")));
        }
        if (named.stream().noneMatch(line -> names(line, "hud"))) {
            requirements.add(CLIENT_PACKAGE);
        }
        List<String> constraints =
                named.stream().anyMatch(line -> names(line, "typer")) ? List.of() : List.of(CLIENT_CONSTRAINT);
        return new Recipe.Python(target, List.copyOf(requirements), constraints, hasRequirements, requiresPython);
    }

    /** The file that declares the environment, the conventional name first; that one also where none says so in plain words. */
    private static Optional<Path> declaration(Path context, String declaredName) throws IOException {
        var sources = filesAtRoot(context, ".py");
        var declaration = Pattern.compile(
                "Environment\\s*\\(\\s*(name\\s*=\\s*)?[rub]?(\"\"\"|'''|\"|')" + Pattern.quote(declaredName) + "\\2");
        var conventional = sources.stream().filter(file -> file.endsWith("env.py")).toList();
        for (var candidates : List.of(conventional, sources)) {
            for (var file : candidates) {
                if (Files.size(file) <= LARGEST_FILE && declaration.matcher(text(file)).find()) {
                    return Optional.of(file);
                }
            }
        }
        return conventional.stream().findFirst();
    }

    /**
     * Whether all that a file does is to name the environment, which then has nothing that Python could serve: what the client's tools read
     * beside a jar. A jar beside a file that does more is one of its tools.
     */
    private static boolean onlyNames(Path file) {
        try {
            var statements = new StringBuilder();
            for (var line : withoutTexts(text(file)).lines().toList()) {
                var statement = COMMENT.matcher(line).replaceAll("").strip();
                if (!statement.startsWith("from hud import ") && !statement.equals("import hud")) {
                    statements.append(statement).append('\n');
                }
            }
            return NAMING.matcher(statements.toString().strip()).matches();
        } catch (IOException e) {
            return false;
        }
    }

    /** Texts of several lines, which are how a module describes itself. */
    private static String withoutTexts(String python) {
        var rest = new StringBuilder();
        int at = 0;
        for (int begin; (begin = python.indexOf("\"\"\"", at)) >= 0; ) {
            int end = python.indexOf("\"\"\"", begin + 3);
            rest.append(python, at, begin);
            at = end < 0 ? python.length() : end + 3;
        }
        return rest.append(python, at, python.length()).toString();
    }

    private static List<Path> runnableJars(Path context) throws IOException {
        return filesAtRoot(context, ".jar").stream().filter(ReadRecipe::isRunnable).toList();
    }

    /** A file's name as text, whatever letters the process's own locale has. */
    private static String name(Path file) {
        var address = file.toUri().getRawPath();
        return URLDecoder.decode(address.substring(address.lastIndexOf('/') + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static boolean names(String requirement, String project) {
        var matcher = Pattern.compile("^\\s*([A-Za-z0-9._-]+)").matcher(requirement);
        return matcher.find() && matcher.group(1).toLowerCase(Locale.ROOT).replace('_', '-').equals(project);
    }

    private static List<String> lines(Path file) throws IOException {
        return text(file).lines().toList();
    }

    private static JsonNode parse(Path file) throws IOException, SandboxException {
        try {
            return TOML.readTree(text(file));
        } catch (JacksonException e) {
            throw new SandboxException("pyproject.toml is no TOML: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new IOException(file.getFileName() + " is larger than 1 MiB");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static List<Path> filesAtRoot(Path context, String ending) throws IOException {
        try (var files = Files.list(context)) {
            return files.filter(file -> isFile(file) && name(file).endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    /** A link does not count: it is not for us to follow. */
    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** The manifest comes first in a jar. What lies behind is not read: its directory and its content are as large as a stranger likes. */
    private static boolean isRunnable(Path file) {
        try (var jar = Files.newInputStream(file);
                var zip = new ZipInputStream(new ByteArrayInputStream(jar.readNBytes(LARGEST_FILE)))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    var manifest = new Manifest(new ByteArrayInputStream(zip.readNBytes(LARGEST_FILE)));
                    return manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS) != null;
                }
            }
            return false;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
