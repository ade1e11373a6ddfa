// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Connects to where an environment answers: a TCP address, or a Unix socket that only its owner reaches. */
public final class Dial {

    private Dial() {}

    public static Socket to(SocketAddress address, Duration limit) throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            return new UnixSocket(SocketChannel.open(unix));
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
