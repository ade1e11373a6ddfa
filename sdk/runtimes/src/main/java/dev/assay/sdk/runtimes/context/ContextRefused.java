// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

import java.io.IOException;

/** What was uploaded is no context that anybody should unpack; the message says which entry and why. */
public final class ContextRefused extends IOException {

    ContextRefused(String reason) {
        super(reason);
    }

    ContextRefused(String entry, String reason) {
        super("entry '" + (entry.length() > 200 ? entry.substring(0, 200) + "…" : entry) + "' " + reason);
    }
}
