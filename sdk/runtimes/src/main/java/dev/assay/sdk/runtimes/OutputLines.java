// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Hands a process's output over line by line. A line that does not end is cut, and what is behind the cut is nowhere: whoever looks for
 * secrets in a line would not find one that begins in it and ends in the next.
 */
public final class OutputLines {

    private static final int LONGEST = 16 * 1024;
    private static final String CUT = " … (cut)";

    private OutputLines() {}

    /** On a platform thread: reading a pipe holds on to the thread that carries a virtual one, and there are as few of those as processors. */
    public static Thread start(String name, InputStream output, Consumer<String> to) {
        return Thread.ofPlatform().daemon().name(name).start(() -> read(output, to));
    }

    public static void read(InputStream output, Consumer<String> to) {
        var line = new StringBuilder();
        boolean cut = false;
        try (var reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n') {
                    to.accept(line.toString());
                    line.setLength(0);
                    cut = false;
                } else if (line.length() >= LONGEST && !cut) {
                    line.append(CUT);
                    cut = true;
                } else if (c != '\r' && !cut) {
                    line.append((char) c);
                }
            }
        } catch (IOException e) {
            // the process was killed: what it said until then is there
        }
        if (!line.isEmpty()) {
            to.accept(line.toString());
        }
    }
}
