// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import java.io.EOFException;
import java.io.IOException;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** A stream of events from a server that may be anybody's: what is too long is not read. */
final class Events implements AutoCloseable {

    private final Response response;
    private final BufferedSource source;

    /** @param name the event's type; {@code message} if it has none */
    record Event(String name, String data) {}

    Events(Response response) {
        this.response = response;
        this.source = response.body().source();
    }

    /** The next event that says something; null at the end. An event that the end cuts off is none. */
    @Nullable Event next() throws McpException, InterruptedException {
        var name = "message";
        var data = new StringBuilder();
        try {
            for (var line = line(); line != null; line = line()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        return new Event(name, data.toString());
                    }
                    name = "message";
                } else if (line.startsWith("data:")) {
                    if (data.length() + line.length() > McpHttp.LONGEST_ANSWER) {
                        throw McpHttp.tooLong();
                    }
                    data.append(data.isEmpty() ? "" : "\n").append(value(line, "data:"));
                } else if (line.startsWith("event:")) {
                    name = value(line, "event:");
                }
            }
            return null;
        } catch (IOException e) {
            throw McpHttp.lost(e);
        }
    }

    private @Nullable String line() throws IOException {
        if (source.exhausted()) {
            return null;
        }
        try {
            return source.readUtf8LineStrict(McpHttp.LONGEST_ANSWER);
        } catch (EOFException e) {
            if (source.getBuffer().size() > McpHttp.LONGEST_ANSWER) {
                throw McpHttp.tooLong();
            }
            return null; // cut off
        }
    }

    private static String value(String line, String field) {
        var value = line.substring(field.length());
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    @Override
    public void close() {
        response.close();
    }
}
