// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A requirement that names a package, its extras, its versions and its markers, and nothing else. Only of such a line do we know what
 * the installer makes of it: no option, no path, no address, nothing that means something else in another context.
 */
final class PlainRequirement {

    private static final int LONGEST = 1000;
    private static final String NAME = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
    private static final String EXTRAS = "\\[ *(?:" + NAME + "(?: *, *" + NAME + ")*)? *]";
    private static final String VERSION = "(?:===|==|~=|!=|<=|>=|<|>) *[A-Za-z0-9][A-Za-z0-9.*+!_-]*";
    private static final String VERSIONS = VERSION + "(?: *, *" + VERSION + ")*";
    private static final String MARKER = "[A-Za-z0-9_.,*+!<>=~()'\" -]+";
    private static final Pattern PLAIN = Pattern.compile(
            NAME + " *(?:" + EXTRAS + ")? *(?:" + VERSIONS + "|\\( *" + VERSIONS + " *\\))? *(?:;" + MARKER + ")?");

    /** The installer takes a word that ends like this for a file. */
    private static final Pattern ARCHIVE =
            Pattern.compile("(?i)\\.(?:whl|zip|tar|tgz|tbz|txz|tlz|tar\\.(?:gz|bz2|xz|lz|lzma))$");

    /** The installer splits a line at blanks, also within quotes: a word that begins with a dash is an option to it. */
    private static final Pattern OPTION = Pattern.compile(" -");

    private PlainRequirement() {}

    static boolean is(String line) {
        return line.length() <= LONGEST
                && PLAIN.matcher(line).matches()
                && !OPTION.matcher(line).find()
                && !ARCHIVE.matcher(line.replaceFirst("[\\[;].*", "").strip()).find();
    }

    /** The lines of a requirements file as the installer sees them: joined where one goes on, without comments, none empty. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        var begun = new StringBuilder();
        for (var line : text.replace("\uFEFF", "").split("\\R")) {
            boolean goesOn = line.endsWith("\\") && withoutComment(line).equals(line);
            begun.append(goesOn ? line.substring(0, line.length() - 1) : line);
            if (!goesOn) {
                add(lines, begun);
            }
        }
        add(lines, begun);
        return List.copyOf(lines);
    }

    private static void add(List<String> lines, StringBuilder begun) {
        var line = withoutComment(begun.toString()).strip();
        if (!line.isEmpty()) {
            lines.add(line);
        }
        begun.setLength(0);
    }

    /** One begins with the line, or after a blank. */
    private static String withoutComment(String line) {
        for (int hash = line.indexOf('#'); hash >= 0; hash = line.indexOf('#', hash + 1)) {
            if (hash == 0 || Character.isWhitespace(line.charAt(hash - 1))) {
                return line.substring(0, hash);
            }
        }
        return line;
    }
}
