// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is done with a recording. */
enum Mode {
    /** Calls are answered as always, and their answers written down. */
    RECORD,
    /** Calls are answered from what was written down, and nobody else is asked. */
    REPLAY;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Mode> of(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findFirst();
    }
}
