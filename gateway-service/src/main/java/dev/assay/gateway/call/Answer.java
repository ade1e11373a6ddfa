// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Fields;
import java.io.IOException;

/** An upstream's answer while it comes. */
public interface Answer extends AutoCloseable {

    int status();

    Fields headers();

    /**
     * At least one byte, or -1 at the end. Waits without limit: who watches the call ends what is late.
     *
     * @throws IOException if the answer broke off, or was closed meanwhile
     */
    int read(byte[] into, int from, int most) throws IOException;

    /** From any thread, at any time, more than once: ends the call at the upstream, without waiting. After the end it does nothing. */
    @Override
    void close();
}
