// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text by lines, at every boundary that Python's {@code splitlines} knows: environments and published agents count that way. */
public final class Lines {

    private static final Pattern BOUNDARY = Pattern.compile("\r\n|[\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029]");

    private Lines() {}

    /** The lines with the boundaries that end them. */
    public static List<String> whole(String text) {
        var lines = new ArrayList<String>();
        var begin = 0;
        for (var boundary = BOUNDARY.matcher(text); boundary.find(); begin = boundary.end()) {
            lines.add(text.substring(begin, boundary.end()));
        }
        if (begin < text.length()) {
            lines.add(text.substring(begin));
        }
        return lines;
    }

    public static List<String> of(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        var lines = List.of(BOUNDARY.split(text, -1));
        // a boundary at the very end closes the last line, it does not begin one
        return lines.getLast().isEmpty() ? lines.subList(0, lines.size() - 1) : lines;
    }

    /** The same, each line with the boundary that closes it. */
    public static List<String> withEnds(String text) {
        var lines = new ArrayList<String>();
        var boundary = BOUNDARY.matcher(text);
        var start = 0;
        while (boundary.find()) {
            lines.add(text.substring(start, boundary.end()));
            start = boundary.end();
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }
}
