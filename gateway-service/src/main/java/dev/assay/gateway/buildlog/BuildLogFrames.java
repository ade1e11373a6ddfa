// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.buildlog;

import dev.assay.contracts.internal.BuildLine;
import java.io.IOException;
import java.util.Map;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import tools.jackson.databind.json.JsonMapper;

/**
 * The frames of a build's log. Every one has a {@code message} and every time is a number: the client ends the whole deploy when it
 * cannot read a frame.
 */
final class BuildLogFrames {

    private static final JsonMapper JSON = JsonMapper.shared();
    /** The client takes a mebibyte; escaped, a character may take six bytes. */
    private static final int LONGEST = 100_000;

    private final WebSocketSession session;

    BuildLogFrames(WebSocketSession session) {
        this.session = session;
    }

    void status(String message) throws IOException {
        send(Map.of("type", "status", "message", message));
    }

    void statusUpdate(String status) throws IOException {
        send(Map.of("type", "status_update", "status", status, "message", "Status: " + status));
    }

    void log(BuildLine line) throws IOException {
        var message = line.message().length() > LONGEST ? line.message().substring(0, LONGEST) + " … (cut)" : line.message();
        send(Map.of("type", "log", "message", message, "timestamp", line.at().toEpochMilli()));
    }

    /** The last frame. */
    void complete(String status) throws IOException {
        var message = status.equals("SUCCEEDED") ? "Build succeeded" : "Build ended: " + status;
        send(Map.of("type", "complete", "message", message, "final_status", status));
    }

    private void send(Map<String, Object> frame) throws IOException {
        session.sendMessage(new TextMessage(JSON.writeValueAsString(frame)));
    }
}
