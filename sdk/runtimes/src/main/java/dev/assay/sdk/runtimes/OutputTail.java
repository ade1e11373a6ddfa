// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of what a process printed; a stranger's process may print without end. */
public final class OutputTail {

    private static final int LINES = 50;
    private static final int LONGEST = 1024;

    private final Deque<String> lines = new ArrayDeque<>();

    public synchronized void add(String line) {
        lines.addLast(line.length() > LONGEST ? line.substring(0, LONGEST) + " …" : line);
        if (lines.size() > LINES) {
            lines.removeFirst();
        }
    }

    /** The last line that says something, where a Java stack trace's places do not; empty if none does. */
    public synchronized String last() {
        for (var descending = lines.descendingIterator(); descending.hasNext(); ) {
            var line = descending.next();
            if (!line.isBlank() && !line.matches("\\s+(at |\\.\\.\\. ).*")) {
                return line.strip();
            }
        }
        return "";
    }

    @Override
    public synchronized String toString() {
        return String.join("\n", lines);
    }
}
