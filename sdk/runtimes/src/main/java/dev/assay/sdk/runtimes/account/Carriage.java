// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The way from a worker's socket to the environment's port in a sandbox elsewhere. */
public interface Carriage extends AutoCloseable {

    /**
     * Carries one connection until both directions have ended; that of the peer may end first. Whoever closes the peer wants nothing more.
     *
     * @param peer for the caller to close
     * @throws IOException if the way broke off; that the peer did is how connections end
     */
    void carry(SocketChannel peer) throws IOException, InterruptedException;

    /** Ends all that is being carried, whatever becomes of the sandbox. */
    @Override
    void close();
}
