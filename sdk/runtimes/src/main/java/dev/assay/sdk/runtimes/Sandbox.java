// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.net.SocketAddress;

/** One running environment, alone with its own copy of the source. Closing it leaves nothing behind. */
public interface Sandbox extends AutoCloseable {

    /** Where its control channel answers. */
    SocketAddress address();

    /** The last lines that it printed. */
    String outputTail();

    boolean alive();

    @Override
    void close();
}
