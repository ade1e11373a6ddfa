// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Connects to where an environment answers: a TCP address, or a Unix socket that only its owner reaches. */
public final class Dial {

    private Dial() {}

    public static Socket to(SocketAddress address, Duration limit) throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            return unix(unix, limit);
        }
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, (int) Math.max(1, Math.min(limit.toMillis(), Integer.MAX_VALUE)));
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /** A listener whose queue is full keeps the caller waiting, and the JDK knows no limit for that: closing the channel is one. */
    private static Socket unix(UnixDomainSocketAddress address, Duration limit) throws IOException {
        var socket = new UnixSocket(SocketChannel.open(StandardProtocolFamily.UNIX));
        var tooLate = CompletableFuture.runAsync(
                () -> Splice.close(socket),
                CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS, Thread::startVirtualThread));
        try {
            socket.channel.connect(address);
            return socket;
        } catch (ClosedChannelException late) {
            throw new SocketTimeoutException("nobody took the connection within " + limit.toMillis() + " ms");
        } catch (IOException refused) {
            socket.close();
            throw refused;
        } finally {
            tooLate.cancel(false);
        }
    }

    /** The JDK has Unix sockets as channels only. What is not about the bytes or their end is the unused TCP socket's below. */
    private static final class UnixSocket extends Socket {

        private final SocketChannel channel;

        UnixSocket(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public InputStream getInputStream() {
            return Channels.newInputStream(channel);
        }

        @Override
        public OutputStream getOutputStream() {
            return Channels.newOutputStream(channel);
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isClosed() {
            return !channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
