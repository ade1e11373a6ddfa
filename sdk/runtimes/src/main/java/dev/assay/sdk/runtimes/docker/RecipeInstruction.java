// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.SandboxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An instruction of a recipe on one line. Versions of engines differ in where a line ends and a text over several lines begins: whatever they
 * could read in two ways is refused, so that they read what was checked.
 *
 * @param line where it begins
 * @param word in capitals
 * @param flags each as {@code --name=value}
 * @param rest all else of its line
 * @param text the lines that belong to it and go on until a mark, with that; mostly none
 */
record RecipeInstruction(int line, String word, List<String> flags, String rest, List<String> text) {

    private static final Set<String> WORDS = Set.of(
            "FROM", "ARG", "RUN", "CMD", "LABEL", "MAINTAINER", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR",
            "STOPSIGNAL", "HEALTHCHECK", "SHELL");
    private static final Set<String> WITH_TEXT = Set.of("RUN", "COPY", "ADD");
    private static final Set<String> WITH_FLAGS = Set.of("RUN", "COPY", "ADD", "FROM");

    private static final Pattern FLAG = Pattern.compile("--[a-z-]+(=[!-~&&[^\"'\\\\`]]*)?");
    private static final Pattern MARK = Pattern.compile("(?<=\\s)\\d*<<(?<indented>-?)(?<quote>[\"']?)(?<name>[A-Za-z_]\\w*)\\k<quote>(?=\\s|$)");
    private static final Pattern MAYBE_QUOTED = Pattern.compile("[\"'\\\\]|\\$\\{");

    /** An engine takes no longer line. */
    private static final int LONGEST = 65_000;

    /** As an engine is given it. */
    String written() {
        return word + (flags.isEmpty() ? "" : " " + String.join(" ", flags)) + (rest.isEmpty() ? "" : " " + rest) + "\n"
                + (text.isEmpty() ? "" : String.join("\n", text) + "\n");
    }

    /** The line of it. */
    String oneLine() {
        return written().lines().findFirst().orElseThrow();
    }

    static List<RecipeInstruction> read(String file, List<String> lines) throws SandboxException {
        var read = new ArrayList<RecipeInstruction>();
        var left = lines.iterator();
        int number = 0;
        while (left.hasNext()) {
            var line = left.next();
            int begin = ++number;
            if (isNothing(line)) {
                continue;
            }
            var joined = new StringBuilder();
            while (goesOn(file, line, number)) { // whatever stands before a line that goes on is of it, as engines have it
                joined.append(line.stripTrailing(), 0, line.stripTrailing().length() - 1);
                do {
                    line = left.hasNext() ? left.next() : "";
                    number++;
                } while (isNothing(line) && left.hasNext());
                if (isNothing(line)) {
                    line = "";
                }
            }
            var whole = joined.append(line).toString().strip();
            if (!whole.isEmpty()) {
                var one = of(file, begin, whole, left);
                number += one.text.size();
                read.add(one);
            }
        }
        return read;
    }

    private static boolean isNothing(String line) {
        return line.isBlank() || line.strip().startsWith("#");
    }

    private static boolean goesOn(String file, String line, int number) throws SandboxException {
        var end = line.stripTrailing();
        if (end.endsWith("\\\\")) {
            throw new SandboxException(file + " line " + number + ": ends in two backslashes, which engines read in different ways");
        }
        return end.endsWith("\\");
    }

    private static RecipeInstruction of(String file, int number, String whole, Iterator<String> left) throws SandboxException {
        var place = file + " line " + number + ": ";
        var parts = whole.split("\\s+", 2);
        var word = parts[0].toUpperCase(Locale.ROOT);
        if (!parts[0].matches("[A-Za-z]+") || !WORDS.contains(word)) {
            throw new SandboxException(place + "'" + parts[0] + "' is no instruction that is taken here");
        }
        if (whole.endsWith("\\") || whole.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new SandboxException(place + "ends in a backslash, or is longer than " + LONGEST + " bytes");
        }
        var rest = parts.length < 2 ? "" : parts[1];
        var flags = new ArrayList<String>();
        while (WITH_FLAGS.contains(word) && rest.startsWith("--")) {
            var flag = rest.split("\\s", 2);
            if (!FLAG.matcher(flag[0]).matches()) {
                throw new SandboxException(place + "'" + flag[0] + "' is to be without quotes, backslashes and letters other than English ones");
            }
            flags.add(flag[0]);
            rest = flag.length < 2 ? "" : flag[1].strip();
        }
        return new RecipeInstruction(number, word, List.copyOf(flags), rest, WITH_TEXT.contains(word) ? text(place, " " + rest, left) : List.of());
    }

    private static List<String> text(String place, String rest, Iterator<String> left) throws SandboxException {
        var text = new ArrayList<String>();
        var marks = MARK.matcher(rest);
        int seen = 0;
        while (marks.find()) {
            if (MAYBE_QUOTED.matcher(rest.substring(seen, marks.start())).find()) {
                throw new SandboxException(place + "no quotes, backslashes or '${' are to stand before '" + marks.group().strip() + "'");
            }
            seen = marks.end();
            String line;
            do {
                if (!left.hasNext()) {
                    throw new SandboxException(place + "no line ends what '" + marks.group().strip() + "' begins");
                }
                line = left.next();
                text.add(line);
            } while (!(marks.group("indented").isEmpty() ? line : line.replaceAll("^\t+", "")).equals(marks.group("name")));
        }
        if (MARK.matcher(rest).replaceAll("").replace("<<<", "").contains("<<")) {
            throw new SandboxException(place + "'<<' is taken as a word of its own only, as '<<EOF'");
        }
        return List.copyOf(text);
    }
}
