// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** A connection to a server over which anything can be said, well-formed or not. */
public final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final Socket socket;

    public RawConnection(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request as it stands, byte for byte, and everything that comes until the server hangs up. */
    public static String tell(int port, String request) {
        try (var connection = new RawConnection(port)) {
            return connection.say(request).untilTheEnd();
        }
    }

    public RawConnection say(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Sends nothing for a moment: a slow line. Nothing is to be said meanwhile. */
    public void pause(int millis) {
        hears(millis, new ByteArrayOutputStream());
    }

    /** Says one letter after the other, with a pause after each, until the server hangs up; what it said meanwhile. */
    public String dripUntilHungUpOn(int pauseMillis) {
        var heard = new ByteArrayOutputStream();
        try {
            do {
                socket.getOutputStream().write('x');
            } while (hears(pauseMillis, heard));
        } catch (IOException hungUp) {
            // that is what was waited for
        }
        return heard.toString(StandardCharsets.UTF_8);
    }

    /** Whether the server is still there after a moment, whatever it says. */
    private boolean hears(int millis, ByteArrayOutputStream heard) {
        try {
            socket.setSoTimeout(millis);
            for (int read; (read = socket.getInputStream().read()) >= 0; ) {
                heard.write(read);
            }
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (IOException hungUp) {
            return false;
        }
    }

    /** What comes until the server hangs up, whether with a word or without. */
    public String untilTheEnd() {
        var heard = new ByteArrayOutputStream();
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            var buffer = new byte[8192];
            for (int read; (read = socket.getInputStream().read(buffer)) >= 0; ) {
                heard.write(buffer, 0, read);
            }
        } catch (SocketTimeoutException silent) {
            throw new AssertionError("the server neither answers nor hangs up; so far: " + heard, silent);
        } catch (IOException cut) {
            // hung up on in the middle
        }
        return heard.toString(StandardCharsets.UTF_8);
    }

    /** The next answer as far as its headers, behind which something may be still to come. */
    public String untilTheHead() throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var in = socket.getInputStream();
        var heard = new ByteArrayOutputStream();
        for (int read; !heard.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n") && (read = in.read()) >= 0; ) {
            heard.write(read);
        }
        return heard.toString(StandardCharsets.ISO_8859_1);
    }

    /** The next answer, which says how long it is or has no body. */
    public String untilOneAnswer() throws IOException {
        var head = untilTheHead();
        var in = socket.getInputStream();
        var heard = new ByteArrayOutputStream();
        heard.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        var length = LENGTH.matcher(head);
        if (length.find()) {
            heard.writeBytes(in.readNBytes(Integer.parseInt(length.group(1))));
        } else if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            while (!heard.toString(StandardCharsets.ISO_8859_1).endsWith("0\r\n\r\n")) {
                heard.write(in.read());
            }
        }
        return heard.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
