// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import java.io.IOException;

/**
 * What goes to the client. Nothing is on the wire before {@link #begin}: until then a call can become an error with a status of its own.
 * Its methods throw if the client cannot be written to.
 */
public interface ClientAnswer {

    /** Whether the head is out, be it by a sign of life. */
    boolean begun();

    /** Whether a byte of an answer is out: nobody else may be asked after that. */
    boolean answered();

    void begin(int status, Fields headers) throws IOException;

    /** Bytes of the answer: of a stream whole events only. */
    void write(byte[] bytes, int from, int to) throws IOException;

    void flush() throws IOException;

    /** A whole answer at once. */
    void whole(int status, Fields headers, byte[] body, int from, int to) throws IOException;

    /** The dialect's own error: a status of its own before anything is out, an event after that. */
    void fail(ModelError error) throws IOException;
}
