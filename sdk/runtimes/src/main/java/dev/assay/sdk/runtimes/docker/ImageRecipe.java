// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The recipe of an image, as a context brings it along. An engine does what a recipe says, and some of that with its own network and not
 * with that of the steps: fetching images and addresses. So a recipe is read before, each line for itself and as it goes on over several,
 * and whatever either reading finds counts.
 */
public final class ImageRecipe {

    /** The first that is there is it. */
    private static final List<String> NAMES = List.of("Dockerfile.hud", "Dockerfile");

    private static final int LARGEST = 1 << 20;

    private static final Pattern FROM = Pattern.compile("(?i)\\s*FROM\\s+(?<flag>--platform=\\S+\\s+)?(?<image>\\S+)(?:\\s+AS\\s+(?<stage>[a-z][\\w.-]*))?\\s*");

    /** Of a program within a step: no engine takes it for an instruction of its own. */
    private static final Pattern IMPORT = Pattern.compile("(?i)\\s*from\\s+\\S+\\s+import\\s.*");

    private static final Pattern ARG = Pattern.compile("(?i)ARG\\s+(?<args>.*)");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(?<name>\\w+)|\\{(?<braced>\\w+)(?::-(?<other>[^}]*))?})");
    private static final Pattern COPIED_FROM = Pattern.compile("(?i)COPY\\s.*?--from=(?<of>\\S+).*");
    private static final Pattern MOUNTED_FROM = Pattern.compile("(?i)from=(?<of>[^,\\s]+)");
    private static final Pattern ADDED = Pattern.compile("[\\w./*?-]+");
    private static final Pattern OF_BUILDKIT = Pattern.compile(
            "(?i)(RUN|COPY|ADD)\\s+(--\\S+\\s+)*(--(mount|link|parents|exclude|chmod|checksum)\\b|<<).*|(RUN|COPY|ADD)\\s.*<<-?[\"']?[A-Za-z_]+[\"']?\\s*");
    private static final Pattern ODD = Pattern.compile("[\\p{Cntrl}&&[^\\t\\r\\n]]|[\\u0080-\\u00A0\\u1680\\u2000-\\u200F\\u2028-\\u202F\\u205F\\u3000]");

    private final String file;
    private final List<String> lines;

    private ImageRecipe(String file, String text) {
        this.file = file;
        this.lines = text.lines().toList();
    }

    /**
     * What an engine is given.
     *
     * @param text the recipe with the names of images written out
     * @param images that it begins with
     * @param buildKit whether it uses what only BuildKit knows
     */
    record Checked(String file, String text, Set<String> images, boolean buildKit) {}

    /** The one in a folder that was unpacked; empty if there is none. */
    public static Optional<ImageRecipe> in(Path context) throws IOException, SandboxException {
        for (var name : NAMES) {
            var path = context.resolve(name);
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.size(path) > LARGEST) {
                    throw new SandboxException(name + " is larger than 1 MiB");
                }
                return Optional.of(of(name, Files.readString(path, StandardCharsets.UTF_8)));
            }
        }
        return Optional.empty();
    }

    static ImageRecipe of(String file, String text) {
        return new ImageRecipe(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    public String file() {
        return file;
    }

    /** Whether a process with the context's own list of dependencies is as good: all else is lost on it. */
    public boolean fitsProcess(Map<String, String> buildArgs) {
        try {
            return PlainRecipe.isPlain(joined(), check(buildArgs, List.of(), List.of()).images());
        } catch (SandboxException e) {
            return false; // whoever builds the image says why
        }
    }

    /** Which of these secrets no step mounts. */
    public List<String> unused(Set<String> secrets) {
        return secrets.stream().sorted().filter(id -> lines.stream().noneMatch(line -> line.contains(id))).toList();
    }

    /**
     * @param buildArgs values for what the recipe declares
     * @param allowed whose images it may begin with, see {@link ImageName#isOf}; none: any
     * @param own where images lie that were built here: nobody begins with these
     * @throws SandboxException if an engine should not be given it; the message names the line or the instruction
     */
    Checked check(Map<String, String> buildArgs, List<String> allowed, List<String> own) throws SandboxException {
        if (lines.stream().anyMatch(line -> ODD.matcher(line).find())) {
            throw new SandboxException(file + " holds control characters, or spaces that are none");
        }
        var images = new LinkedHashSet<String>();
        var stages = new LinkedHashSet<String>();
        var text = new StringBuilder("# ").append(file).append('\n'); // what looks like a directive below is none any more
        var variables = new HashMap<String, String>();
        int stageCount = 0;
        for (int number = 1; number <= lines.size(); number++) {
            var line = lines.get(number - 1);
            var from = FROM.matcher(line);
            if (from.matches()) {
                var image = image(from, variables, stages, number);
                if (!image.isEmpty()) {
                    refuse(image, allowed, own, number);
                    images.add(image);
                    line = "FROM " + (from.group("flag") == null ? "" : from.group("flag")) + image
                            + (from.group("stage") == null ? "" : " AS " + from.group("stage"));
                }
                stages.add(String.valueOf(stageCount++));
                if (from.group("stage") != null) {
                    stages.add(from.group("stage").toLowerCase(Locale.ROOT));
                }
            } else if (line.matches("(?i)\\s*FROM\\b.*") && !IMPORT.matcher(line).matches()) {
                throw new SandboxException(file + " line " + number + ": FROM is to stand on one line, as 'FROM image' or 'FROM image AS stage'");
            } else if (stageCount == 0) {
                declare(line.strip(), buildArgs, variables);
            }
            var copied = COPIED_FROM.matcher(line.strip());
            if (copied.matches()) { // of those that are there by now: the engine takes any other name for an image's
                requireStage("COPY --from", copied.group("of"), stages);
            }
            text.append(line).append('\n');
        }
        if (stageCount == 0) {
            throw new SandboxException(file + " has no FROM");
        }
        var instructions = Stream.concat(joined().stream(), lines.stream().map(String::strip)).distinct().toList();
        for (var instruction : instructions) {
            check(instruction, stages);
        }
        return new Checked(file, text.toString(), images, instructions.stream().anyMatch(OF_BUILDKIT.asMatchPredicate()));
    }

    /** The image's name written out; empty if it is another stage, or nothing at all. */
    private String image(Matcher from, Map<String, String> variables, Set<String> stages, int number) throws SandboxException {
        var name = expanded(from.group("image"), variables);
        if (name.equals("scratch") || stages.contains(name.toLowerCase(Locale.ROOT)) && !name.matches("\\d+")) {
            return "";
        }
        return ImageName.of(name)
                .map(ImageName::text)
                .orElseThrow(() -> new SandboxException(file + " line " + number + ": FROM '" + name + "' is no name of an image"));
    }

    private void refuse(String image, List<String> allowed, List<String> own, int number) throws SandboxException {
        var name = new ImageName(image);
        if (name.isOf(own) || !allowed.isEmpty() && !name.isOf(allowed)) {
            throw new SandboxException(file + " line " + number + ": this worker builds on images of " + String.join(", ", allowed)
                    + " only, not on " + image);
        }
    }

    private static void declare(String line, Map<String, String> buildArgs, Map<String, String> variables) {
        var arg = ARG.matcher(line);
        if (arg.matches()) {
            for (var declared : arg.group("args").strip().split("\\s+")) {
                int equals = declared.indexOf('=');
                var name = equals < 0 ? declared : declared.substring(0, equals);
                var usual = equals < 0 ? "" : declared.substring(equals + 1).replaceAll("^\"(.*)\"$|^'(.*)'$", "$1$2");
                variables.put(name, buildArgs.getOrDefault(name, expanded(usual, variables)));
            }
        }
    }

    private static String expanded(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            var found = (Matcher) match;
            var value = variables.getOrDefault(found.group("name") == null ? found.group("braced") : found.group("name"), "");
            return Matcher.quoteReplacement(value.isEmpty() && found.group("other") != null ? found.group("other") : value);
        });
    }

    private void check(String instruction, Set<String> stages) throws SandboxException {
        var word = instruction.split("\\s", 2)[0].toUpperCase(Locale.ROOT);
        switch (word) {
            case "FROM" -> {
                if (!IMPORT.matcher(instruction).matches()) {
                    requireOneLine("FROM", instruction);
                }
            }
            case "ONBUILD" -> throw new SandboxException(file + ": ONBUILD is not taken, nothing is built on this image");
            case "ADD" -> checkAdd(instruction);
            case "COPY" -> {
                var copied = COPIED_FROM.matcher(instruction);
                if (copied.matches()) {
                    requireOneLine("COPY --from", instruction.substring(0, copied.end("of")));
                }
            }
            case "RUN" -> checkRun(instruction, stages);
            default -> {}
        }
    }

    /** What an address stands for would be fetched by the engine, which is in another place of the network than the steps are. */
    private void checkAdd(String instruction) throws SandboxException {
        for (var part : instruction.replaceAll("[\\[\\],\"]", " ").strip().split("\\s+")) {
            if (!part.startsWith("--") && (!ADDED.matcher(part).matches() || part.contains("github.com") || part.endsWith(".git"))) {
                throw new SandboxException(file + ": ADD takes files of the context with plain names only, not '" + part
                        + "': fetch what is elsewhere in a RUN step, copy files with COPY");
            }
        }
    }

    private void checkRun(String instruction, Set<String> stages) throws SandboxException {
        for (var flag : instruction.split("\\s+")) {
            if (flag.matches("(?i)--(network|security)=.*")) {
                throw new SandboxException(file + ": RUN " + flag.substring(0, flag.indexOf('=')) + " is not taken, all steps have the same walls");
            }
            var mounted = MOUNTED_FROM.matcher(flag);
            if (flag.startsWith("--mount") && mounted.find()) {
                requireStage("RUN --mount=…,from", mounted.group("of"), stages);
            }
        }
    }

    private void requireOneLine(String what, String text) throws SandboxException {
        if (lines.stream().noneMatch(line -> line.strip().startsWith(text))) {
            throw new SandboxException(file + ": " + what + " is to stand on one line");
        }
    }

    private void requireStage(String what, String of, Set<String> stages) throws SandboxException {
        if (!stages.contains(of.toLowerCase(Locale.ROOT))) {
            throw new SandboxException(file + ": " + what + "=" + of + " names no stage of it: begin one with FROM, and take from that");
        }
    }

    /** Its instructions, each on one line. */
    private List<String> joined() {
        List<String> instructions = new ArrayList<>();
        var begun = new StringBuilder();
        for (var line : lines) {
            var stripped = line.strip();
            if (stripped.startsWith("#") || stripped.isEmpty()) {
                continue;
            }
            boolean goesOn = stripped.endsWith("\\");
            begun.append(goesOn ? stripped.substring(0, stripped.length() - 1) : stripped);
            if (!goesOn) {
                instructions.add(begun.toString());
                begun.setLength(0);
            }
        }
        if (!begun.isEmpty()) {
            instructions.add(begun.toString());
        }
        return instructions;
    }
}
