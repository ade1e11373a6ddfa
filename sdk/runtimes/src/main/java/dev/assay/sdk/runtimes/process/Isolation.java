// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Path;

/** How well a sandbox is walled off on this machine. */
public enum Isolation {
    /**
     * Bubblewrap started by root, the processes inside as a user of their own. Without that user, root's own number inside would still
     * own the machine's kernel settings.
     */
    BUBBLEWRAP_AS_ROOT,

    /** Bubblewrap started by the worker's own user, which the processes inside are, too. */
    BUBBLEWRAP,

    /** Nothing but a process group and folders of its own. */
    NONE;

    boolean hasOwnRoot() {
        return this != NONE;
    }

    /** Where the processes inside find what lies at {@code path} below the sandbox's root folder. */
    String guest(Path root, String path) {
        return hasOwnRoot() ? path : root + path;
    }
}
