// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Hands a process's output over line by line; a line that does not end is cut. */
public final class OutputLines {

    private static final int LONGEST = 16 * 1024;

    private OutputLines() {}

    /** On a platform thread: reading a pipe holds on to the thread that carries a virtual one, and there are as few of those as processors. */
    public static Thread start(String name, InputStream output, Consumer<String> to) {
        return Thread.ofPlatform().daemon().name(name).start(() -> read(output, to));
    }

    public static void read(InputStream output, Consumer<String> to) {
        var line = new StringBuilder();
        try (var reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n' || line.length() >= LONGEST) {
                    to.accept(line.toString());
                    line.setLength(0);
                }
                if (c != '\n' && c != '\r') {
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
