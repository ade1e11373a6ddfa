// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.assay.sdk.runtimes.OutputTail;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a container prints, by lines; the first one with the announcement says that it serves. */
final class ContainerOutput {

    private static final String ANNOUNCEMENT = "HUD_SERVE_PORT=";
    private static final int LONGEST = 16 * 1024;

    private final Map<StreamType, ByteArrayOutputStream> begun = new EnumMap<>(StreamType.class);
    private final OutputTail tail = new OutputTail();
    private final CompletableFuture<Void> serving;

    ContainerOutput(CompletableFuture<Void> serving) {
        this.serving = serving;
    }

    synchronized void add(Frame frame) {
        var line = begun.computeIfAbsent(frame.getStreamType(), stream -> new ByteArrayOutputStream());
        for (var b : frame.getPayload()) {
            if (b != '\n' && b != '\r') {
                line.write(b);
            }
            if (b == '\n' || line.size() >= LONGEST) {
                end(line);
            }
        }
    }

    private void end(ByteArrayOutputStream begunLine) {
        var line = begunLine.toString(StandardCharsets.UTF_8);
        begunLine.reset();
        if (!serving.isDone() && line.startsWith(ANNOUNCEMENT)) {
            serving.complete(null);
        } else {
            tail.add(line);
        }
    }

    /** What has no end yet counts, too. */
    synchronized OutputTail tail() {
        begun.values().stream().filter(line -> line.size() > 0).forEach(this::end);
        return tail;
    }
}
