// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.locks.ReentrantLock;

/** The body of a request on its way through: read as fast as the service takes it, never kept. */
final class RequestBody extends FilterInputStream {

    private final boolean present;
    private final long length;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean finished;
    private volatile boolean broken;
    private volatile boolean closed;

    private RequestBody(HttpServletRequest request) throws IOException {
        super(request.getInputStream());
        this.length = request.getContentLengthLong();
        this.present = length > 0 || request.getHeader("Transfer-Encoding") != null;
        this.finished = !present;
    }

    static RequestBody of(HttpServletRequest request) {
        try {
            return new RequestBody(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The request with this body; one that has none says nothing of a length where none is expected. */
    HttpRequest.Builder sendBy(String method, HttpRequest.Builder request) {
        if (!present) {
            return switch (method) {
                case "GET" -> request.GET();
                case "HEAD" -> request.HEAD();
                case "DELETE" -> request.DELETE();
                default -> request.method(method, BodyPublishers.noBody());
            };
        }
        var stream = BodyPublishers.ofInputStream(() -> this);
        return request.method(method, length > 0 ? BodyPublishers.fromPublisher(stream, length) : stream);
    }

    /** Whether the client has sent it all. */
    boolean finished() {
        return finished;
    }

    /** Whether the client failed to send it: it left, or was too slow. */
    boolean broken() {
        return broken;
    }

    /**
     * Nothing more is read: the request has been answered, and its stream will soon be another request's. Whoever is reading just now is
     * waited for, else the read would take the beginning of that other request.
     */
    void detach() {
        closed = true;
        reading.lock();
        reading.unlock();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        reading.lock();
        try {
            if (closed) {
                throw new IOException("the request is over");
            }
            var read = super.read(buffer, offset, count);
            if (read < 0) {
                finished = true;
            }
            return read;
        } catch (IOException e) {
            broken = true;
            throw e;
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        // The server closes its own stream.
    }
}
