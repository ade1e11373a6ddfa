// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What carries the frames. All of it blocks, unless it says that it does not. */
interface ByteChannel {

    /** @return how many bytes came; below zero: none will */
    int read(ByteBuffer into) throws IOException;

    /** The same without waiting: 0 if nothing has come yet. */
    int readNow(ByteBuffer into) throws IOException;

    /** It may keep what it is given until {@link #flush}. */
    void write(ByteBuffer bytes) throws IOException;

    void flush() throws IOException;

    /** Ends both ways at once, without waiting for anybody: who reads or writes wakes. Whoever calls it again changes nothing. */
    void hangUp();
}
