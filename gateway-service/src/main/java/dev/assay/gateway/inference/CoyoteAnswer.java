// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.ClientAnswer;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;

/**
 * The answer to a client, on the server's own response. Whoever watches the call looks at the connection and gives signs of life from
 * another thread: each takes the lock, and none of them waits for it, because a write may wait for the client. After {@link #close} nobody
 * touches request and response any more: they are the next call's then.
 */
final class CoyoteAnswer implements ClientAnswer {

    /** As logs and meters call it; nobody ever reads it off the wire. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final Dialect dialect;
    private final StreamForm form;
    private final Request request;
    private final Response response;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, String> ours = new LinkedHashMap<>();
    private Witness witness = (bytes, from, to) -> {};
    private boolean streams;
    private boolean watched;
    private boolean closed;
    private boolean failed;
    private int events;
    private volatile boolean begun;
    private volatile boolean answered;
    private volatile long wrote = System.nanoTime();

    CoyoteAnswer(Dialect dialect, Request request, Response response) {
        this(dialect, new StreamForm.Events(), request, response);
    }

    /** @param form of a stream, should there be one */
    CoyoteAnswer(Dialect dialect, StreamForm form, Request request, Response response) {
        this.dialect = dialect;
        this.form = form;
        this.request = request;
        this.response = response;
    }

    /** Sees what of an answer goes to the client before it does. */
    interface Witness {

        /**
         * @param bytes hold whole events, or a whole answer
         * @throws dev.assay.gateway.dialect.ModelErrorException if they must not go: the call has failed then
         */
        void sees(byte[] bytes, int from, int to);
    }

    void seenBy(Witness witness) {
        this.witness = witness;
    }

    /** A header of ours; the last of a name counts. Says nothing any more once the head is out. */
    void header(String name, String value) {
        lock.lock(); // a sign of life may be writing the head just now
        try {
            ours.put(name, value);
        } finally {
            lock.unlock();
        }
    }

    /** The request is read to its end: from now on the connection may be looked at. */
    void watched(boolean streams) {
        lock.lock();
        try {
            this.streams = streams;
            this.watched = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean begun() {
        return begun;
    }

    @Override
    public boolean answered() {
        return answered;
    }

    /** When something was written last, on the clock of {@link System#nanoTime()}. */
    long wroteNanos() {
        return wrote;
    }

    /** Nobody is there to read an answer. */
    void left() {
        if (!begun) {
            response.setStatus(CLIENT_CLOSED_REQUEST);
        }
    }

    int status() {
        return response.getStatus();
    }

    @Override
    public void begin(int status, Fields headers) {
        lock.lock();
        try {
            head(status, headers);
        } finally {
            lock.unlock();
        }
    }

    /** Begins a stream of events, unless a sign of life has. */
    void beginStream(Fields headers) {
        lock.lock();
        try {
            if (!begun) {
                head(200, Fields.builder().addAll(headers).addAll(form.head()).build());
            }
        } finally {
            lock.unlock();
        }
    }

    private void head(int status, Fields headers) {
        if (begun) {
            throw new IllegalStateException("the answer has begun already");
        }
        begun = true;
        response.setStatus(status);
        ours.forEach(this::add);
        headers.forEach((name, value) -> {
            if (name.equals("content-type")) {
                response.setContentTypeNoCharset(value);
            } else if (!ours.containsKey(name)) {
                add(name, value);
            }
        });
    }

    /** As bytes, which the server passes on as they are: of texts it makes bytes with an encoder for each. */
    private void add(String name, String value) {
        var named = inOneLine(name);
        var said = inOneLine(value);
        response.getMimeHeaders().addValue(named, 0, named.length).setBytes(said, 0, said.length);
    }

    /** What could end the line, and begin another header, is a blank. */
    private static byte[] inOneLine(String text) {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (var at = 0; at < bytes.length; at++) {
            if (bytes[at] >= 0 && bytes[at] < ' ' && bytes[at] != '\t' || bytes[at] == 0x7f) {
                bytes[at] = ' ';
            }
        }
        return bytes;
    }

    @Override
    public void write(byte[] bytes, int from, int to) throws IOException {
        witness.sees(bytes, from, to);
        lock.lock();
        try {
            answered = true;
            events++;
            if (form instanceof StreamForm.Events) {
                put(bytes, from, to);
            } else {
                put(form.of(Arrays.copyOfRange(bytes, from, to)));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws IOException {
        lock.lock();
        try {
            push();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void whole(int status, Fields headers, byte[] body, int from, int to) throws IOException {
        witness.sees(body, from, to);
        lock.lock();
        try {
            head(status, headers);
            response.setContentLength(to - from);
            answered = true;
            put(body, from, to);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void fail(ModelError error) throws IOException {
        lock.lock();
        try {
            if (failed) {
                return;
            }
            failed = true;
            if (begun) {
                put(form.of(dialect.errorEvent(error, events)));
                put(form.end());
                push();
                return;
            }
            head(error.status(), error.headers());
            var body = form.error(dialect.error(error, ours.get("x-request-id")));
            response.setContentTypeNoCharset("application/json");
            response.setContentLength(body.length);
            put(body);
        } finally {
            lock.unlock();
        }
    }

    /** A stream has come to its end. */
    void endStream() throws IOException {
        lock.lock();
        try {
            if (begun) {
                put(form.end());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The client has been told that the call failed, by what the upstream itself said. */
    void failedAsItCame() throws IOException {
        lock.lock();
        try {
            failed = true;
            put(form.end());
        } finally {
            lock.unlock();
        }
    }

    /** A sign of life, if there has been none for a time, and nobody is writing just now. Between events only: those are written whole. */
    void signOfLife(long quietNanos) throws IOException {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (closed || failed || !streams || System.nanoTime() - wrote < quietNanos) {
                return;
            }
            if (!begun) {
                head(200, form.head());
            }
            put(dialect.signOfLife());
            push();
        } finally {
            lock.unlock();
        }
    }

    boolean streams() {
        return streams;
    }

    /** Whether the client has hung up; false while that cannot be told, because something is being written to it. */
    boolean clientGone() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            return watched && !closed && isReadable() && isReadable();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The server reports a closed connection as readable again and again; the beginning of a next request only once. Behind what a client
     * sent beyond its request, the server sees no end of the connection: that is told by the first write only.
     */
    private boolean isReadable() {
        request.action(ActionCode.AVAILABLE, Boolean.TRUE);
        return request.getAvailable() > 0;
    }

    /** The call is over. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void put(byte[] bytes) throws IOException {
        put(bytes, 0, bytes.length);
    }

    private void put(byte[] bytes, int from, int to) throws IOException {
        if (from < to) {
            response.doWrite(ByteBuffer.wrap(bytes, from, to - from));
        }
        wrote = System.nanoTime();
    }

    /** The server keeps to itself that a flush failed. */
    private void push() throws IOException {
        response.action(ActionCode.CLIENT_FLUSH, null);
        if (response.isExceptionPresent()) {
            throw new IOException("the client cannot be written to", response.getErrorException());
        }
    }
}
