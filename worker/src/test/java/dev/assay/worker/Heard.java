// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What comes out of a tunnel. */
final class Heard implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<String> line = new CompletableFuture<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        text.append(StandardCharsets.UTF_8.decode(data));
        if (text.indexOf("\n") >= 0) {
            line.complete(text.toString());
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    String line() throws Exception {
        return line.get(60, TimeUnit.SECONDS);
    }
}
