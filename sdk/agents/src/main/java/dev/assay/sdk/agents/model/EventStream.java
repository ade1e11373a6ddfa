// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A streamed answer, event by event. Read by one thread. */
public final class EventStream implements AutoCloseable {

    private final HttpHeaders headers;
    private final BufferedReader lines;

    /** @param name the event's type; empty if it has none */
    public record Event(String name, String data) {}

    private EventStream(HttpHeaders headers, InputStream body) {
        this.headers = headers;
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** A server that answers with plain JSON although a stream was wanted has sent one event. */
    static EventStream of(HttpHeaders headers, InputStream body) throws BrokenStreamException {
        if (!headers.firstValue("content-type").orElse("").startsWith("application/json")) {
            return new EventStream(headers, body);
        }
        try {
            var text = new String(body.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\R", " ");
            return new EventStream(headers, new ByteArrayInputStream(("data: " + text).getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new BrokenStreamException(e);
        }
    }

    /** The answer's own headers. */
    public HttpHeaders headers() {
        return headers;
    }

    /**
     * The next event that says something; null at the end. An event that the end cuts off is none.
     *
     * @throws BrokenStreamException if the connection was lost
     */
    public @Nullable Event next() throws BrokenStreamException {
        var name = "";
        StringBuilder data = null;
        for (var line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (data != null) {
                    return new Event(name, data.toString());
                }
                name = "";
            } else if (line.startsWith("data:")) {
                data = data == null ? new StringBuilder() : data.append('\n');
                data.append(line, line.startsWith("data: ") ? 6 : 5, line.length());
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            }
        }
        return data == null ? null : new Event(name, data.toString());
    }

    private @Nullable String line() throws BrokenStreamException {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new BrokenStreamException(e);
        }
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            // what was not read is of no interest any more
        }
    }
}
