// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.ImageName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells recipes that say no more than a context without one: an official Python or Java, its own dependencies, its files, the usual server. */
final class PlainRecipe {

    private static final List<String> BASES = List.of("docker.io/library/python", "docker.io/library/eclipse-temurin");
    private static final Pattern OPTIONS = Pattern.compile("-q|-U|--(quiet|upgrade|system|no-cache|no-cache-dir|no-input|disable-pip-version-check|root-user-action=ignore)");
    private static final Pattern CLIENT = Pattern.compile("[\"']?(hud|typer|pip|uv|setuptools|wheel)\\b[\\w.,<>=!~\\[\\]-]*[\"']?");
    private static final Pattern SERVE = Pattern.compile("(CMD|ENTRYPOINT)\\s*\\[?\\s*\"?(hud\"?,?\\s*\"?serve|java)\\b.*");

    private PlainRecipe() {}

    /** What says more, in the words of an author; empty if nothing does. */
    static Optional<String> more(List<RecipeInstruction> instructions, Set<String> images) {
        var folder = "/";
        for (var one : instructions) {
            var instruction = one.oneLine();
            var words = instruction.split("\\s+");
            var plain =
                    switch (words[0].toUpperCase(Locale.ROOT)) {
                        case "ARG", "LABEL", "EXPOSE", "FROM", "MAINTAINER" -> true;
                        case "WORKDIR" -> {
                            folder = words[words.length - 1];
                            yield words.length == 2;
                        }
                        case "COPY" -> copiesToIts(folder, words);
                        case "RUN" -> List.of(instruction.substring(3).split("&&")).stream().allMatch(PlainRecipe::installsItsDependencies);
                        case "CMD", "ENTRYPOINT" -> SERVE.matcher(instruction).matches();
                        default -> false;
                    };
            if (!plain || !one.text().isEmpty()) {
                return Optional.of("line " + one.line() + " (" + one.word() + ")");
            }
        }
        var others = images.stream().filter(image -> !new ImageName(image).isOf(BASES)).findFirst();
        return others.map(image -> "FROM " + image).or(() -> images.size() == 1 ? Optional.empty() : Optional.of("that it has several stages, or no base"));
    }

    private static boolean copiesToIts(String folder, String[] words) {
        var target = words[words.length - 1].replaceAll("/$", "");
        return words.length > 2 && !words[1].startsWith("--") && (target.equals(".") || target.equals(folder.replaceAll("/$", "")));
    }

    private static boolean installsItsDependencies(String command) {
        var pip = Pattern.compile("\\s*(?:python3? -m |uv )?pip3? install (?<what>.*)").matcher(command);
        if (!pip.matches()) {
            return false;
        }
        for (var word : pip.group("what").strip().replaceAll("-r\\s+requirements\\.txt", ".").split("\\s+")) {
            if (!word.equals(".") && !OPTIONS.matcher(word).matches() && !CLIENT.matcher(word).matches()) {
                return false;
            }
        }
        return true;
    }
}
