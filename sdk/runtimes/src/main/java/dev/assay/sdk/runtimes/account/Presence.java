// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.io.IOException;

/** What a provider itself knows of a sandbox. */
@FunctionalInterface
public interface Presence {

    /** Whether it is there, and runs. */
    boolean isThere() throws IOException, InterruptedException;
}
