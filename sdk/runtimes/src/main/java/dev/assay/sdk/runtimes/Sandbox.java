// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;

/** One running environment, alone with its own copy of the source. Closing it leaves nothing behind. */
public interface Sandbox extends AutoCloseable {

    /** Where its control channel answers. */
    SocketAddress address();

    /** Where it finds the worker's door, as {@link Runtime#door} says. */
    Optional<URI> door();

    /** Whether it runs where neither this worker's network nor a door of its is: nothing of this platform is reached from inside then. */
    default boolean isOutOfReach() {
        return false;
    }

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

    /**
     * Closes it, and keeps what a session of its control channel has put into its folder ({@link SessionFiles#PLACE}). Empty: nothing, or
     * this runtime has no such place.
     *
     * @throws IOException if that cannot be kept: it is closed all the same
     */
    default Optional<SessionFiles> close(String session) throws IOException {
        close();
        return Optional.empty();
    }

    /**
     * Puts another sandbox's files where a session of this one's control channel looks for its own.
     *
     * @throws IOException if they cannot be put there, as where this runtime has no such place
     */
    default void restore(String session, SessionFiles files) throws IOException {
        throw new IOException("the verifier's runtime has no place for the files of the actor's session");
    }
}
