// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;

/** Sockets for an HTTP client, all of which lead to one capability: whatever address they are told to dial, they take its route. */
final class RoutedSockets extends SocketFactory {

    private final RoutedHttp.Dial route;
    private final UnaryOperator<InputStream> reading;

    /** @param reading what is put between a connection's bytes and whoever reads them */
    RoutedSockets(RoutedHttp.Dial route, UnaryOperator<InputStream> reading) {
        this.route = route;
        this.reading = reading;
    }

    @Override
    public Socket createSocket() {
        return new Routed();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }

    /** What is not about the bytes or their end is the unused socket's below. */
    private final class Routed extends Socket {

        private volatile Socket there = new Socket();

        @Override
        public void connect(SocketAddress address, int timeout) throws IOException {
            there = route.open();
            if (super.isClosed()) {
                there.close();
            }
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return reading.apply(there.getInputStream());
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return there.getOutputStream();
        }

        @Override
        public boolean isConnected() {
            return there.isConnected();
        }

        @Override
        public boolean isClosed() {
            return super.isClosed() || there.isClosed();
        }

        @Override
        public void close() throws IOException {
            super.close();
            there.close();
        }
    }
}
