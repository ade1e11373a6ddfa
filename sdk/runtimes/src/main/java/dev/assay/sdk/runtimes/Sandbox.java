// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;

/** One running environment, alone with its own copy of the source unless it {@link #isShared is shared}. Closing it leaves nothing behind. */
public interface Sandbox extends AutoCloseable {

    /** Where its control channel answers. */
    SocketAddress address();

    /** Where it finds the worker's door, as {@link Runtime#door} says. */
    Optional<URI> door();

    /** Whether it runs where neither this worker's network nor a door of its is: nothing of this platform is reached from inside then. */
    default boolean isOutOfReach() {
        return false;
    }

    /** Whether other runs are in it, too: what one of them brings along, all find. */
    default boolean isShared() {
        return false;
    }

    /** The last lines that it printed. */
    String outputTail();

    boolean alive();

    /** Whether it is a fork of what was loaded once for many. */
    default boolean isFork() {
        return false;
    }

    /** Nobody else is let into it from now on, where it {@link #isShared is shared}: it has failed somebody, and would fail whoever comes. */
    default void closeToOthers() {}

    /**
     * Why it is gone through no fault of its own, such as an engine that went away under it, or of nobody can tell whose, as where it was
     * shared; empty if it is not.
     */
    default Optional<String> lostBecause() {
        return Optional.empty();
    }

    @Override
    void close();

    /** Whether {@link #close(String)} takes along what a session has put into its folder; if not, nobody may rely on it. */
    default boolean keepsSessionFiles() {
        return false;
    }

    /**
     * Ends all that runs in it, keeps what a session of its control channel has put into its folder ({@link SessionFiles#PLACE}), and closes
     * it. Empty: there is no such folder, or this runtime has no such place.
     *
     * @throws SandboxException if nobody can tell, as where it was closed before, or if what is there cannot be kept: it is closed all the same
     */
    default Optional<SessionFiles> close(String session) throws SandboxException {
        close();
        return Optional.empty();
    }

    /**
     * Puts another sandbox's files where a session of this one's control channel looks for its own.
     *
     * @throws SandboxException if they cannot be put there, as where this runtime has no such place; no files have place everywhere
     */
    default void restore(String session, SessionFiles files) throws SandboxException {
        if (!files.isEmpty()) {
            throw new SandboxException("the verifier's runtime has no place for the files of the actor's session");
        }
    }
}
