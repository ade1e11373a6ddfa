// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** One running environment, alone with its own copy of the source. Closing it leaves nothing behind. */
public interface Sandbox extends AutoCloseable {

    /** Where its control channel answers. */
    String host();

    int port();

    /** The last lines that it printed. */
    String outputTail();

    boolean alive();

    @Override
    void close();
}
