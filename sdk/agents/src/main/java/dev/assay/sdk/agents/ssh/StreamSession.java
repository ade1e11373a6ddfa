// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/** One connection of the ssh library over a stream. One thread reads, another writes: each may wait for the peer to do the other. */
final class StreamSession extends AbstractCloseable implements IoSession {

    private static final AtomicLong IDS = new AtomicLong();
    private static final int READ_SIZE = 32 * 1024;

    private final long id = IDS.incrementAndGet();
    private final IoService service;
    private final IoHandler handler;
    private final Socket socket;
    private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
    private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();
    private final Thread writer;

    StreamSession(IoService service, IoHandler handler, Socket socket) {
        this.service = service;
        this.handler = handler;
        this.socket = socket;
        this.writer = Thread.ofVirtual().name("ssh-write").start(this::write);
    }

    /** Not before the library knows the session: it greets first, and hears what is read. */
    void start() {
        Thread.ofVirtual().name("ssh-read").start(this::read);
    }

    private void read() {
        try {
            var in = socket.getInputStream();
            var bytes = new byte[READ_SIZE];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                handler.messageReceived(this, Readable.readable(ByteBuffer.wrap(bytes, 0, count)));
            }
            close(true);
        } catch (Exception broken) {
            broken(broken);
        }
    }

    private void write() {
        try {
            var out = socket.getOutputStream();
            while (true) {
                var next = writes.take();
                try {
                    out.write(next.bytes.array(), next.bytes.rpos(), next.bytes.available());
                    next.future.setValue(Boolean.TRUE);
                } catch (IOException failed) {
                    next.future.setValue(failed);
                    throw failed;
                }
            }
        } catch (InterruptedException closed) {
            // closed
        } catch (Exception broken) {
            broken(broken);
        }
    }

    private void broken(Exception cause) {
        try {
            if (isOpen()) {
                handler.exceptionCaught(this, cause);
            }
        } catch (Exception ignored) {
            // closing is all that is left
        } finally {
            close(true);
        }
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
        var write = new Write(buffer, new Written(id));
        writes.add(write);
        if (isClosing()) {
            failWrites();
        }
        return write.future;
    }

    @Override
    protected void doCloseImmediately() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // gone either way
        }
        writer.interrupt();
        failWrites();
        super.doCloseImmediately();
        try {
            handler.sessionClosed(this);
        } catch (Exception ignored) {
            // nobody is left to be told
        }
    }

    private void failWrites() {
        for (var write = writes.poll(); write != null; write = writes.poll()) {
            write.future.setValue(new EOFException("the connection is closed"));
        }
    }

    @Override
    public void shutdownOutputStream() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void suspendRead() {
        // asked for by port forwarding only, which a workspace has none of
    }

    @Override
    public void resumeRead() {}

    @Override
    public long getId() {
        return id;
    }

    @Override
    public IoService getService() {
        return service;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return StreamTransport.THERE;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return StreamTransport.THERE;
    }

    @Override
    public SocketAddress getAcceptanceAddress() {
        return StreamTransport.THERE;
    }

    @Override
    public @Nullable Object getAttribute(Object key) {
        return attributes.get(key);
    }

    @Override
    public @Nullable Object setAttribute(Object key, Object value) {
        return attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public @Nullable Object removeAttribute(Object key) {
        return attributes.remove(key);
    }

    private record Write(Buffer bytes, Written future) {}

    private static final class Written extends AbstractIoWriteFuture {

        Written(Object id) {
            super(id, null);
        }
    }
}
