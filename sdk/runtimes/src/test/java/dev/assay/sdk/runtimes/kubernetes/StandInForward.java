// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** A forwarded port as an API server serves it ({@code v4.channel.k8s.io}): channel 0 for bytes, channel 1 for what went wrong. */
final class StandInForward extends WebSocketListener {

    private final Path socket;
    private final int port;
    private SocketChannel channel;

    /** @param socket which leads to the port inside the pod */
    StandInForward(Path socket, int port) {
        this.socket = socket;
        this.port = port;
    }

    @Override
    public void onOpen(WebSocket webSocket, Response response) {
        for (byte number = 0; number < 2; number++) {
            webSocket.send(new byte[] {number, (byte) port, (byte) (port >> 8)});
        }
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            Thread.startVirtualThread(() -> send(webSocket));
        } catch (IOException e) {
            webSocket.send(("\u0001" + e).getBytes(StandardCharsets.UTF_8));
            webSocket.close(1000, "");
        }
    }

    private void send(WebSocket webSocket) {
        var buffer = ByteBuffer.allocate(4096);
        try {
            while (true) {
                buffer.clear().put((byte) 0);
                if (channel.read(buffer) < 0) {
                    break;
                }
                webSocket.send(Arrays.copyOf(buffer.array(), buffer.position()));
            }
        } catch (IOException e) {
            // it is over
        }
        webSocket.close(1000, "");
    }

    @Override
    public void onMessage(WebSocket webSocket, byte[] message) {
        try {
            for (var bytes = ByteBuffer.wrap(message, 1, message.length - 1); bytes.hasRemaining(); ) {
                channel.write(bytes); // on a virtual thread it takes what it has room for, and no more
            }
        } catch (IOException e) {
            webSocket.close(1000, "");
        }
    }

    @Override
    public void onClosed(WebSocket webSocket, int code, String reason) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
