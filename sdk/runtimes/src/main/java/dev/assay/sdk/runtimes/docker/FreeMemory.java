// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What of the machine's memory nobody needs, whoever uses the rest. */
final class FreeMemory {

    private static final Path PLACE = Path.of("/proc/meminfo");
    private static final Pattern LINE = Pattern.compile("(MemTotal|MemAvailable):\\s+(\\d+) kB");

    /** Of all memory, one part in so many is for what runs at hand may still come to need. */
    private static final int KEPT = 4;

    private FreeMemory() {}

    /** In bytes, without what is kept; below zero: some of that is used already, or nobody can tell. */
    static long bytes() {
        try {
            return of(Files.readAllLines(PLACE));
        } catch (IOException e) {
            return -1;
        }
    }

    static long of(List<String> lines) {
        Map<String, Long> bytes = lines.stream().map(LINE::matcher).filter(Matcher::matches)
                .collect(Collectors.toMap(line -> line.group(1), line -> Long.parseLong(line.group(2)) << 10));
        return bytes.size() == 2 ? bytes.get("MemAvailable") - bytes.get("MemTotal") / KEPT : -1;
    }
}
