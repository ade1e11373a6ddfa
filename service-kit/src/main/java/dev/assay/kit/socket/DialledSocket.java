// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's end of a WebSocket to another service. */
public final class DialledSocket implements ByteChannel, Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(DialledSocket.class);
    private static final int LONGEST_ANSWER = 16 * 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The plain one. One that encrypts is closed only after whoever sends through it, who may wait for long. */
    private final Socket connection;

    private final InputStream in;
    private final OutputStream out;
    private final ByteSocket socket = new ByteSocket(this, false);

    private DialledSocket(Socket connection, Socket outer) throws IOException {
        this.connection = connection;
        this.in = outer.getInputStream();
        this.out = new BufferedOutputStream(outer.getOutputStream(), ByteSocket.CHUNK + ByteSocket.HEAD);
    }

    /**
     * @param address {@code http://…} or {@code https://…}
     * @param token for the {@code Authorization} header
     * @param limit for the connection, and for its answer
     * @throws IOException if nobody answers in time, or the answer is no
     */
    public static DialledSocket connect(URI address, String token, Duration limit) throws IOException {
        var millis = Math.toIntExact(limit.toMillis());
        var secure = "https".equals(address.getScheme());
        var port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
        var connection = new Socket();
        try {
            connection.setTcpNoDelay(true);
            connection.setKeepAlive(true);
            connection.connect(new InetSocketAddress(address.getHost(), port), millis);
            connection.setSoTimeout(millis);
            var dialled = new DialledSocket(connection, secure ? secured(connection, address.getHost(), port) : connection);
            dialled.shakeHands(address, token);
            dialled.connection.setSoTimeout(0); // the other end asks
            return dialled;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static Socket secured(Socket connection, String host, int port) throws IOException {
        var secured = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(connection, host, port, true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        return secured;
    }

    /** Frames, once connected. */
    public ByteSocket socket() {
        return socket;
    }

    private void shakeHands(URI address, String token) throws IOException {
        var random = new byte[16];
        RANDOM.nextBytes(random);
        var key = Base64.getEncoder().encodeToString(random);
        var request = "GET " + address.getRawPath() + " HTTP/1.1\r\nHost: " + address.getRawAuthority()
                + "\r\nAuthorization: Bearer " + token + "\r\nConnection: Upgrade\r\nUpgrade: websocket"
                + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n";
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        var answer = answer();
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new ProtocolException(address.getAuthority() + " answered: " + answer.lines().findFirst().orElse(""));
        }
        var accept = "\r\nsec-websocket-accept: " + Handshake.accept(key).toLowerCase(Locale.ROOT) + "\r\n";
        if (!answer.toLowerCase(Locale.ROOT).contains(accept)) {
            throw new ProtocolException(address.getAuthority() + " answered another handshake");
        }
    }

    /** A byte at a time: what follows the head are frames already. */
    private String answer() throws IOException {
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n", Math.max(0, answer.length() - 4)) < 0) {
            var next = in.read();
            if (next < 0 || answer.length() >= LONGEST_ANSWER) {
                throw new ProtocolException("no answer to a handshake");
            }
            answer.append((char) next);
        }
        return answer.toString();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        var read = in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        into.position(into.position() + Math.max(0, read));
        return read;
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        return in.available() > 0 ? read(into) : 0;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        bytes.position(bytes.limit());
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** At once, whatever is under way. */
    @Override
    public void close() {
        hangUp();
    }

    @Override
    public void hangUp() {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("a connection was gone already: {}", e.toString());
        }
    }
}
