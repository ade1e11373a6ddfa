// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;

/** One running environment, alone with its own copy of the source. Closing it leaves nothing behind. */
public interface Sandbox extends AutoCloseable {

    /** Where its control channel answers. */
    SocketAddress address();

    /** Where it finds the worker's door, as {@link Runtime#door} says. */
    Optional<URI> door();

    /** The last lines that it printed. */
    String outputTail();

    boolean alive();

    /** Whether it is a fork of what was loaded once for many. */
    default boolean isFork() {
        return false;
    }

    /** Why it is gone through no fault of its own, such as an engine that went away under it; empty if it is not. */
    default Optional<String> lostBecause() {
        return Optional.empty();
    }

    @Override
    void close();
}
