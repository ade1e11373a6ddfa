// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.kit.problem.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who is to read the rows. */
enum Format {
    TINKER,
    SLIME,
    VERL,
    PRIME,
    NEMO,
    ATIF,
    SFT,
    DPO,
    RUNS;

    private static final List<String> NAMES = Arrays.stream(values()).map(Format::wire).toList();

    /** @throws Problem 400 that names them */
    static Format of(String name) {
        if (!NAMES.contains(name)) {
            var others = NAMES.stream().limit(NAMES.size() - 1).collect(Collectors.joining(", "));
            throw Problem.badRequest("format",
                    "must be " + others + " or " + NAMES.getLast() + ", not '" + name + "'"
                            + (name.equals("parquet") ? "; as=parquet gives verl and runs as such a file" : ""));
        }
        return values()[NAMES.indexOf(name)];
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
