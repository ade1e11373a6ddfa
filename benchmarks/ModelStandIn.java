// SPDX-License-Identifier: Apache-2.0

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.regex.Pattern;

/**
 * Stands in for a provider of models that speaks Chat Completions, with one thread for all connections, so that it takes little of what
 * is measured. The model's name says what it does: {@code m} answers at once, {@code m-ms50} after 50 ms, {@code m-c200g5} streams 200
 * chunks, one each 5 ms. A chunk's text is {@code t=} and the time at which it was written: {@link
 * System#nanoTime}, which is one clock for all processes of a machine.
 *
 * <pre>ModelStandIn PORT</pre>
 */
final class ModelStandIn {

    private static final Pattern MODEL = Pattern.compile("\"model\"\\s*:\\s*\"m(?:-ms(\\d+))?(?:-c(\\d+)g(\\d+))?\"");
    private static final int LOOKED_AT = 4096;
    private static final int BACKLOG = 2048;

    private static final byte[] WHOLE = whole("""
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",\
            "content":"%s"},"logprobs":null,"finish_reason":"stop"}],\
            "usage":{"prompt_tokens":20,"completion_tokens":100,"total_tokens":120}}""".formatted("word ".repeat(80)));
    private static final byte[] STREAM_HEAD = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Transfer-Encoding: chunked\r
            \r
            """.getBytes(ISO_8859_1);
    private static final String CHUNK =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":";

    private final Selector selector;
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::at));

    private ModelStandIn(Selector selector) {
        this.selector = selector;
    }

    /** @param chunk which chunk of a stream; -1: a whole answer */
    private record Due(long at, Connection to, int chunk) {}

    public static void main(String[] arguments) throws IOException {
        try (var selector = Selector.open(); var server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), BACKLOG);
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            new ModelStandIn(selector).serve(server);
        }
    }

    private void serve(ServerSocketChannel server) throws IOException {
        while (true) {
            var millis = due.isEmpty() ? 1_000 : (due.peek().at() - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                selector.selectNow();
            } else {
                selector.select(millis);
            }
            for (var key : selector.selectedKeys()) {
                if (key.isValid() && key.isAcceptable()) {
                    accept(server);
                } else if (key.attachment() instanceof Connection connection) {
                    connection.guarded(() -> connection.ready(key));
                }
            }
            selector.selectedKeys().clear();
            for (var now = System.nanoTime(); !due.isEmpty() && due.peek().at() <= now; ) {
                var next = due.poll();
                next.to().guarded(() -> next.to().answer(next.chunk()));
            }
        }
    }

    private void accept(ServerSocketChannel server) throws IOException {
        for (SocketChannel channel; (channel = server.accept()) != null; ) {
            channel.configureBlocking(false);
            channel.socket().setTcpNoDelay(true);
            new Connection(channel);
        }
    }

    private static byte[] whole(String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(ISO_8859_1);
    }

    private interface Step {
        void run() throws IOException;
    }

    private final class Connection {

        private final SocketChannel channel;
        private final SelectionKey key;
        private final ArrayDeque<ByteBuffer> out = new ArrayDeque<>();
        private ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        private long begun;
        private long gap;
        private int chunks;

        Connection(SocketChannel channel) throws IOException {
            this.channel = channel;
            this.key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void guarded(Step step) throws IOException {
            try {
                step.run();
            } catch (IOException | CancelledKeyException gone) {
                channel.close();
            }
        }

        void ready(SelectionKey ready) throws IOException {
            if (ready.isReadable()) {
                read();
            }
            if (ready.isValid() && ready.isWritable()) {
                flush();
            }
        }

        private void read() throws IOException {
            if (!in.hasRemaining()) {
                grow(in.capacity() * 4);
            }
            if (channel.read(in) < 0) {
                channel.close();
                return;
            }
            var head = headEnd();
            if (head < 0) {
                return;
            }
            var length = bodyLength(new String(in.array(), 0, head, ISO_8859_1).toLowerCase(Locale.ROOT));
            if (in.position() < head + length) {
                if (in.capacity() < head + length) {
                    grow(head + length);
                }
                return;
            }
            var model = MODEL.matcher(new String(in.array(), head, Math.min(length, LOOKED_AT), ISO_8859_1));
            in.clear();
            if (!model.find()) {
                answer(-1);
            } else if (model.group(2) != null) {
                stream(Integer.parseInt(model.group(2)), Integer.parseInt(model.group(3)));
            } else if (model.group(1) != null) {
                due.add(new Due(System.nanoTime() + Long.parseLong(model.group(1)) * 1_000_000, this, -1));
            } else {
                answer(-1);
            }
        }

        private void grow(int size) {
            in = ByteBuffer.allocate(size).put(in.flip());
        }

        private int headEnd() {
            var bytes = in.array();
            for (var i = 3; i < in.position(); i++) {
                if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                    return i + 1;
                }
            }
            return -1;
        }

        private static int bodyLength(String head) throws IOException {
            var at = head.indexOf("\r\ncontent-length:");
            if (at < 0) {
                throw new IOException("a request without a length: " + head);
            }
            return Integer.parseInt(head.substring(at + 17, head.indexOf('\r', at + 2)).strip());
        }

        private void stream(int chunks, int gapMillis) throws IOException {
            this.chunks = chunks;
            this.gap = gapMillis * 1_000_000L;
            this.begun = System.nanoTime();
            send(ByteBuffer.wrap(STREAM_HEAD));
            due.add(new Due(begun, this, 0));
        }

        void answer(int chunk) throws IOException {
            if (chunk < 0) {
                send(ByteBuffer.wrap(WHOLE));
                return;
            }
            var last = chunk == chunks;
            var event = last
                    ? CHUNK + "[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":" + chunks + ",\"total_tokens\":" + (20 + chunks)
                            + "}}\n\ndata: [DONE]\n\n"
                    : CHUNK + "[{\"index\":0,\"delta\":{\"content\":\"t=" + System.nanoTime() + " word\"},\"logprobs\":null,"
                            + "\"finish_reason\":" + (chunk == chunks - 1 ? "\"stop\"" : "null") + "}]}\n\n";
            var framed = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n" + (last ? "0\r\n\r\n" : "");
            send(ByteBuffer.wrap(framed.getBytes(ISO_8859_1)));
            if (!last) {
                due.add(new Due(begun + (chunk + 1) * gap, this, chunk + 1));
            }
        }

        private void send(ByteBuffer bytes) throws IOException {
            if (channel.isOpen()) {
                out.add(bytes);
                flush();
            }
        }

        private void flush() throws IOException {
            for (ByteBuffer next; (next = out.peek()) != null; out.poll()) {
                channel.write(next);
                if (next.hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return;
                }
            }
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
