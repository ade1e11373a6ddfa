// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/** A request's body as the server hands it over, in buffers of its own. */
final class SentBody extends InputStream implements ApplicationBufferHandler {

    private final Request request;
    private ByteBuffer buffer = EMPTY_BUFFER;

    SentBody(Request request) {
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
        if (most == 0) {
            return 0;
        }
        while (!buffer.hasRemaining()) {
            if (request.doRead(this) < 0) {
                return -1;
            }
        }
        var read = Math.min(most, buffer.remaining());
        buffer.get(into, from, read);
        return read;
    }

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
        return buffer;
    }

    @Override
    public void expand(int size) {
        // the server brings its own buffer
    }
}
