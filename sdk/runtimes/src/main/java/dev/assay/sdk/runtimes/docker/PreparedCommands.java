// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.util.HashSet;
import java.util.Set;

/**
 * The commands that one project has had the engine prepare. An engine keeps each in its own memory, which is every sandbox's: for minutes
 * after it has ended, and as long as its container is there if it never begins.
 */
final class PreparedCommands {

    private static final int MOST = 5_000;
    private static final int MOST_NOT_BEGUN = 64;
    private static final long MOST_BYTES = 16L << 20;

    private final Set<String> notBegun = new HashSet<>();
    private final Set<String> begun = new HashSet<>();
    private long bytes;

    /** Makes room for one more of that size, whatever comes of it. */
    synchronized void require(long size) throws AccessRefused {
        if (notBegun.size() >= MOST_NOT_BEGUN) {
            throw new AccessRefused(429, MOST_NOT_BEGUN + " commands were made and not started");
        }
        if (notBegun.size() + begun.size() >= MOST || bytes + size > MOST_BYTES) {
            throw new AccessRefused(429, "no more than " + MOST + " commands of together " + MOST_BYTES + " bytes are run for one project");
        }
        bytes += size;
    }

    synchronized void add(String command) {
        notBegun.add(command);
    }

    synchronized boolean has(String command) {
        return notBegun.contains(command) || begun.contains(command);
    }

    synchronized void start(String command) {
        if (notBegun.remove(command)) {
            begun.add(command);
        }
    }
}
