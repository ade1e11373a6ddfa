// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

import java.io.IOException;

/** What was uploaded is no context that anybody should unpack; the message says which entry and why. */
public final class ContextRefused extends IOException {

    ContextRefused(String reason) {
        super(reason);
    }

    /** @param entry its name, each character one byte of it */
    ContextRefused(String entry, String reason) {
        super("entry '" + shortened(entry) + "' " + reason);
    }

    /** A name or a link's target, for people to read. */
    static String shortened(String bytes) {
        return BytePaths.shown(bytes.length() > 200 ? bytes.substring(0, 200) : bytes) + (bytes.length() > 200 ? "…" : "");
    }
}
