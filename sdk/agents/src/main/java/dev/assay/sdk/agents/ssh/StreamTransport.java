// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.DefaultIoConnectFuture;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.jspecify.annotations.Nullable;

/** The ssh library's input and output by streams that somebody else opens: it dials no address. */
final class StreamTransport implements IoServiceFactoryFactory {

    /** Where all of its connections go, as far as the library knows. It insists on an address; nobody dials or looks up this one. */
    static final SocketAddress THERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 22);

    private final Streams streams;

    StreamTransport(Streams streams) {
        this.streams = streams;
    }

    /** Opens a new stream. */
    interface Streams {
        Socket open() throws IOException;
    }

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        return new Services();
    }

    @Override
    public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {
        // virtual threads need no pool
    }

    private final class Services extends AbstractCloseable implements IoServiceFactory {

        private @Nullable IoServiceEventListener listener;

        @Override
        public IoConnector createConnector(IoHandler handler) {
            var connector = new Connector(handler);
            connector.setIoServiceEventListener(listener);
            return connector;
        }

        @Override
        public IoAcceptor createAcceptor(IoHandler handler) {
            throw new UnsupportedOperationException("nobody is listened to");
        }

        @Override
        public @Nullable IoServiceEventListener getIoServiceEventListener() {
            return listener;
        }

        @Override
        public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
            this.listener = listener;
        }
    }

    private final class Connector extends AbstractCloseable implements IoConnector {

        private final IoHandler handler;
        private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
        private @Nullable IoServiceEventListener listener;

        Connector(IoHandler handler) {
            this.handler = handler;
        }

        @Override
        public IoConnectFuture connect(SocketAddress there, @Nullable AttributeRepository context, @Nullable SocketAddress here) {
            var future = new DefaultIoConnectFuture(there, null);
            Thread.ofVirtual().name("ssh-connect").start(() -> connect(future, context));
            return future;
        }

        private void connect(DefaultIoConnectFuture future, @Nullable AttributeRepository context) {
            StreamSession session = null;
            try {
                session = new StreamSession(this, handler, streams.open());
                if (context != null) {
                    session.setAttribute(AttributeRepository.class, context);
                }
                var id = session.getId();
                sessions.put(id, session);
                session.addCloseFutureListener(closed -> sessions.remove(id));
                handler.sessionCreated(session);
                future.setSession(session);
                if (isClosing() || future.getSession() != session) {
                    session.close(true);
                } else {
                    session.start();
                }
            } catch (Exception failed) {
                if (session != null) {
                    session.close(true);
                }
                future.setException(failed);
            }
        }

        @Override
        protected void doCloseImmediately() {
            sessions.values().forEach(session -> session.close(true));
            super.doCloseImmediately();
        }

        @Override
        public Map<Long, IoSession> getManagedSessions() {
            return Map.copyOf(sessions);
        }

        @Override
        public @Nullable IoServiceEventListener getIoServiceEventListener() {
            return listener;
        }

        @Override
        public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
            this.listener = listener;
        }
    }
}
