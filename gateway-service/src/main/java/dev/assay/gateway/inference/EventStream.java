// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Server-sent events to the client, each on its way as soon as it is written. */
public final class EventStream {

    private final HttpServletResponse response;

    /** Begins the stream: status and headers are decided from here on. */
    public EventStream(HttpServletResponse response) throws IOException {
        this.response = response;
        response.setStatus(200);
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("X-Accel-Buffering", "no");
        response.flushBuffer();
    }

    public void data(Object json) throws IOException {
        text(ModelJson.MAPPER.writeValueAsString(json));
    }

    /** @param json in one line */
    void text(String json) throws IOException {
        write("data: " + json + "\n\n");
    }

    /** The end that says that nothing is missing. */
    public void done() throws IOException {
        write("data: [DONE]\n\n");
    }

    /** A sign of life that clients ignore. */
    void comment() throws IOException {
        write(": waiting\n\n");
    }

    private void write(String text) throws IOException {
        response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        response.flushBuffer();
    }
}
