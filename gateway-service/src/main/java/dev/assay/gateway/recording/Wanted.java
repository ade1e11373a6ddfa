// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.Optional;
import java.util.regex.Pattern;

/** A recording by its name, and what is to be done with it. */
record Wanted(Mode mode, String name) {

    static final String HEADER = "x-assay-recording";

    /** Names are file names everywhere, and stand in paths as they are. */
    static final String FORM = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    private static final Pattern NAME = Pattern.compile(FORM);

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** What a header says. @throws ModelErrorException 400 if that is nothing */
    static Wanted ofHeader(String value) {
        var sign = value.indexOf('=');
        var mode = sign < 0 ? Optional.<Mode>empty() : Mode.of(value.substring(0, sign).strip());
        var name = value.substring(sign + 1).strip();
        if (mode.isEmpty() || !isName(name)) {
            throw new ModelErrorException(ModelError.badRequest(
                    HEADER, "must be record=<name> or replay=<name>, the name of at most 100 letters, digits, dots and dashes"));
        }
        return new Wanted(mode.get(), name);
    }
}
