// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Texts without the secrets that a step may have printed. */
final class Redacted {

    /** Whatever is shorter would be found in anything. */
    private static final int SHORTEST = 4;

    private final List<String> hidden;

    /** A secret of several lines is hidden line by line, as it would be printed. */
    Redacted(Collection<String> secrets) {
        this.hidden = secrets.stream()
                .flatMap(String::lines)
                .map(String::strip)
                .filter(line -> line.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    String of(String text) {
        var shown = text;
        for (var secret : hidden) {
            shown = shown.replace(secret, "***");
        }
        return shown;
    }
}
