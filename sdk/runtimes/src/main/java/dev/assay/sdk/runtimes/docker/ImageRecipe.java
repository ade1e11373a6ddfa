// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The recipe of an image, as a context brings it along. An engine does what a recipe says, and some of that with its own network and not
 * with that of the steps: fetching images and addresses. So a recipe is read before, and written anew from what was
 * read: an engine is given nothing else.
 */
public final class ImageRecipe {

    /** The first that is there is it. */
    public static final List<String> NAMES = List.of("Dockerfile.hud", "Dockerfile");

    private static final int LARGEST = 1 << 20;

    private static final Pattern FROM = Pattern.compile("(?<image>\\S+)(?:\\s+(?i:AS)\\s+(?<stage>[A-Za-z][\\w.-]*))?");
    private static final Pattern ESCAPE = Pattern.compile("(?i)#\\s*escape\\s*=.*");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(?<name>\\w+)|\\{(?<braced>\\w+)(?::-(?<other>[^}]*))?})");
    private static final Pattern ADDED = Pattern.compile("[\\w./*?-]+");
    private static final Pattern ODD = Pattern.compile("[\\p{Cntrl}&&[^\\t\\r\\n]]|[\\u0080-\\u00A0\\u1680\\u2000-\\u200F\\u2028-\\u202F\\u205F\\u3000\\uFEFF]");

    private static final Map<String, Set<String>> FLAGS = Map.of(
            "FROM", Set.of("--platform"),
            "RUN", Set.of("--mount"),
            "COPY", Set.of("--from", "--chown", "--chmod", "--link", "--parents", "--exclude"),
            "ADD", Set.of("--chown", "--chmod", "--link", "--exclude", "--unpack"));

    /** All other flags are known to BuildKit alone. */
    private static final Set<String> OF_ALL_BUILDERS = Set.of("--platform", "--from", "--chown");

    /** With an argument of such a name BuildKit would fetch another reader for the recipe. */
    private static final String OF_BUILDKIT = "BUILDKIT_";

    private final String file;
    private final List<String> lines;

    private ImageRecipe(String file, String text) {
        this.file = file;
        this.lines = text.lines().toList();
    }

    /**
     * What an engine is given.
     *
     * @param text the recipe written anew: each instruction on one line, the names of images written out
     * @param images that it begins with
     * @param buildKit whether it uses what only BuildKit knows
     * @param texts whether some instructions have lines of text behind them, which older engines take for instructions
     */
    record Checked(String file, String text, Set<String> images, boolean buildKit, boolean texts) {

        /** The same with a label on what comes of each step, not of the last alone. For builders whose instructions have one line each. */
        Checked labelled(String label) {
            return new Checked(file, text.replaceAll("(?m)^FROM .*$", "$0\nLABEL " + label), images, buildKit, texts);
        }
    }

    /** The one in a folder that was unpacked; empty if there is none. */
    public static Optional<ImageRecipe> in(Path context) throws IOException, SandboxException {
        for (var name : NAMES) {
            var path = context.resolve(name);
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(in(context, name));
            }
        }
        return Optional.empty();
    }

    /** The one in a file of a folder. */
    static ImageRecipe in(Path context, String file) throws IOException, SandboxException {
        var path = context.resolve(file);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException(file + " is no file");
        }
        if (Files.size(path) > LARGEST) {
            throw new SandboxException(file + " is larger than 1 MiB");
        }
        return of(file, Files.readString(path, StandardCharsets.UTF_8));
    }

    static ImageRecipe of(String file, String text) {
        return new ImageRecipe(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    public String file() {
        return file;
    }

    /** What would be lost on a process with the context's own list of dependencies, for people; empty: it is as good. */
    public Optional<String> unfitForProcess(Map<String, String> buildArgs) {
        try {
            return PlainRecipe.more(instructions(), check(buildArgs, name -> true, "", "").images())
                    .map(more -> file + " says more than a process knows: " + more);
        } catch (SandboxException e) {
            return Optional.ofNullable(e.getMessage()); // whoever builds the image says so, too
        }
    }

    /** Which of these secrets no step mounts. */
    public List<String> unused(Set<String> secrets) {
        return secrets.stream().sorted().filter(id -> lines.stream().noneMatch(line -> line.contains(id))).toList();
    }

    /**
     * @param buildArgs values for what the recipe declares
     * @param allowed whose images it may begin with, see {@link ImageName#isOf}; none: it may begin with none
     * @param own where images lie that were built here: nobody begins with these
     * @param owner whose caches its steps may mount, see {@link CacheMounts}
     * @throws SandboxException if an engine should not be given it; the message names the line or the instruction
     */
    Checked check(Map<String, String> buildArgs, List<String> allowed, List<String> own, String owner) throws SandboxException {
        return check(buildArgs, name -> name.isOf(allowed) && !name.isOf(own), String.join(", ", allowed), owner);
    }

    private Checked check(Map<String, String> buildArgs, Predicate<ImageName> allowed, String allowedNames, String owner) throws SandboxException {
        for (var name : buildArgs.keySet()) {
            if (name.toUpperCase(Locale.ROOT).startsWith(OF_BUILDKIT)) {
                throw new SandboxException(file + ": the build argument " + name + " is not taken");
            }
        }
        var images = new LinkedHashSet<String>();
        var stages = new HashSet<String>(); // a stage is one to others once the next begins: until then its name is an image's to an engine
        var begun = new HashSet<String>();
        var variables = new HashMap<String, String>();
        var text = new StringBuilder("# ").append(file).append('\n'); // no directive can follow
        int stageCount = 0;
        boolean buildKit = false;
        boolean texts = false;
        for (var one : instructions()) {
            var flags = flags(one);
            texts |= !one.text().isEmpty();
            buildKit |= !OF_ALL_BUILDERS.containsAll(flags);
            if (stageCount == 0 && !one.word().equals("FROM") && !one.word().equals("ARG")) {
                throw new SandboxException(place(one) + one.word() + " stands before the first FROM");
            }
            switch (one.word()) {
                case "FROM" -> {
                    stages.addAll(begun);
                    var from = FROM.matcher(one.rest());
                    if (!from.matches()) {
                        throw new SandboxException(place(one) + "FROM is to be written as 'FROM image' or 'FROM image AS stage'");
                    }
                    var name = expanded(from.group("image"), variables);
                    boolean isImage = !name.equals("scratch") && (!stages.contains(name.toLowerCase(Locale.ROOT)) || name.matches("\\d+"));
                    if (isImage) {
                        name = image(name, one, allowed, allowedNames);
                        images.add(name);
                    }
                    var stage = from.group("stage");
                    begun.add(String.valueOf(stageCount++));
                    if (stage != null) {
                        begun.add(stage.toLowerCase(Locale.ROOT));
                    }
                    one = new RecipeInstruction(one.line(), "FROM", one.flags(), name + (stage == null ? "" : " AS " + stage), List.of());
                }
                case "ARG" -> {
                    if (stageCount == 0) {
                        declare(one.rest(), buildArgs, variables);
                    }
                }
                case "ADD" -> checkAdd(one);
                case "COPY" -> requireStages(one, one.flags().stream(), stages);
                case "RUN" -> {
                    requireStages(one, one.flags().stream().flatMap(ImageRecipe::mounted), stages);
                    one = CacheMounts.of(owner, one);
                }
                default -> {}
            }
            text.append(one.written());
        }
        if (stageCount == 0) {
            throw new SandboxException(file + " has no FROM");
        }
        return new Checked(file, text.toString(), images, buildKit || texts, texts);
    }

    private List<RecipeInstruction> instructions() throws SandboxException {
        if (lines.stream().anyMatch(line -> ODD.matcher(line).find())) {
            throw new SandboxException(file + " holds control characters, or spaces that are none");
        }
        if (lines.stream().map(String::strip).takeWhile(line -> line.startsWith("#")).anyMatch(ESCAPE.asMatchPredicate())) {
            throw new SandboxException(file + ": the directive 'escape' is not taken, lines go on with a backslash");
        }
        return RecipeInstruction.read(file, lines);
    }

    private String place(RecipeInstruction one) {
        return file + " line " + one.line() + ": ";
    }

    /** The names of its flags. */
    private Set<String> flags(RecipeInstruction one) throws SandboxException {
        var names = new HashSet<String>();
        for (var flag : one.flags()) {
            var name = flag.split("=", 2)[0];
            if (!FLAGS.getOrDefault(one.word(), Set.of()).contains(name)) {
                throw new SandboxException(place(one) + one.word() + " " + name + " is not taken");
            }
            if (!names.add(name) && !Set.of("--mount", "--exclude").contains(name)) {
                throw new SandboxException(place(one) + one.word() + " " + name + " is there twice");
            }
        }
        return names;
    }

    /** The image's name written out: what is short could be an image's id to an engine. */
    private String image(String name, RecipeInstruction one, Predicate<ImageName> allowed, String allowedNames) throws SandboxException {
        var image = ImageName.of(name).orElseThrow(() -> new SandboxException(place(one) + "FROM '" + name + "' is no name of an image"));
        if (!allowed.test(image)) {
            throw new SandboxException(place(one) + "this worker builds on images of " + (allowedNames.isEmpty() ? "nobody" : allowedNames)
                    + " only, not on " + image.text());
        }
        return image.text();
    }

    private static void declare(String declarations, Map<String, String> buildArgs, Map<String, String> variables) {
        for (var declared : declarations.split("\\s+")) {
            int equals = declared.indexOf('=');
            var name = equals < 0 ? declared : declared.substring(0, equals);
            var usual = equals < 0 ? "" : declared.substring(equals + 1).replaceAll("^\"(.*)\"$|^'(.*)'$", "$1$2");
            variables.put(name, buildArgs.getOrDefault(name, expanded(usual, variables)));
        }
    }

    private static String expanded(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            var found = (Matcher) match;
            var value = variables.getOrDefault(found.group("name") == null ? found.group("braced") : found.group("name"), "");
            return Matcher.quoteReplacement(value.isEmpty() && found.group("other") != null ? found.group("other") : value);
        });
    }

    /** What an address stands for would be fetched by the engine, which is in another place of the network than the steps are. */
    private void checkAdd(RecipeInstruction one) throws SandboxException {
        for (var part : one.rest().replaceAll("[\\[\\],\"]", " ").strip().split("\\s+")) {
            var lower = part.toLowerCase(Locale.ROOT);
            if (!ADDED.matcher(part).matches() || lower.contains("github.com") || lower.endsWith(".git")) {
                throw new SandboxException(place(one) + "ADD takes files of the context with plain names only, not '" + part
                        + "': fetch what is elsewhere in a RUN step, copy files with COPY");
            }
        }
    }

    /** The parts of what mounts something. */
    private static Stream<String> mounted(String flag) {
        return flag.startsWith("--mount=") ? Stream.of(flag.substring("--mount=".length()).split(",")).map(part -> "--" + part) : Stream.empty();
    }

    /** An engine takes any other name for an image's. */
    private void requireStages(RecipeInstruction one, Stream<String> options, Set<String> stages) throws SandboxException {
        for (var option : options.toList()) {
            if (option.toLowerCase(Locale.ROOT).matches("--\\s*from\\b.*") && !stages.contains(option.replaceFirst("(?i)--from=", "").toLowerCase(Locale.ROOT))) {
                throw new SandboxException(place(one) + one.word() + " … " + option.substring(2) + " names no stage that stands before: begin one with FROM, and take from that");
            }
        }
    }
}
