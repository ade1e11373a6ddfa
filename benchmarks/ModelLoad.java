// SPDX-License-Identifier: Apache-2.0

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * Model calls over connections that stay open, each with one call at a time, all in one thread. Of whole answers it keeps how long they
 * took; of streams also how long after it was written each chunk came (see {@link ModelStandIn}).
 */
final class ModelLoad {

    /** What is asked. @param model as {@link ModelStandIn} reads it @param kilobytes of conversation in each request */
    record Load(String name, String model, int connections, int kilobytes) {

        boolean streams() {
            return model.contains("-c");
        }
    }

    /**
     * What came of it within the time that counts.
     *
     * @param all calls that were answered, whether they count or not
     * @param refusal the first answer that was no 200, or a word about what happened instead; empty: there was none
     * @param whole nanoseconds of whole answers, sorted
     * @param first nanoseconds to the first chunk of a stream, sorted
     * @param delay nanoseconds from the provider's writing of a chunk to its coming, sorted
     */
    record Result(double seconds, long all, long answers, long failed, String refusal, long[] whole, long[] first, long[] delay) {

        static double millis(long[] sorted, double quantile) {
            return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)] / 1e6;
        }
    }

    private final Selector selector;
    private final InetSocketAddress address;
    private final ByteBuffer in = ByteBuffer.allocate(256 * 1024);
    private final Numbers whole = new Numbers();
    private final Numbers first = new Numbers();
    private final Numbers delay = new Numbers();
    private boolean counts;
    private long all;
    private long answers;
    private long failed;
    private String refusal = "";

    private ModelLoad(Selector selector, InetSocketAddress address) {
        this.selector = selector;
        this.address = address;
    }

    /**
     * @param headers what the calls of a connection carry beside their type and length, by the connection's number
     * @param begins called when it begins to count @param ends called when it ends to
     */
    static Result run(
            URI url, IntFunction<List<String>> headers, Load load, Duration warm, Duration measured, Runnable begins, Runnable ends)
            throws IOException {
        try (var selector = Selector.open()) {
            var calls = new ModelLoad(selector, new InetSocketAddress(url.getHost(), url.getPort()));
            for (var number = 0; number < load.connections(); number++) {
                calls.new Line(request(url, headers.apply(number), load));
            }
            calls.until(System.nanoTime() + warm.toNanos());
            var begun = System.nanoTime();
            begins.run();
            calls.counts = true;
            calls.until(begun + measured.toNanos());
            calls.counts = false;
            ends.run();
            var seconds = (System.nanoTime() - begun) / 1e9;
            for (var key : selector.keys()) {
                key.channel().close();
            }
            return new Result(seconds, calls.all, calls.answers, calls.failed, calls.refusal,
                    calls.whole.sorted(), calls.first.sorted(), calls.delay.sorted());
        }
    }

    private static ByteBuffer request(URI url, List<String> headers, Load load) {
        var body = "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(load.model(), load.streams(), "What is in here? ".repeat(load.kilobytes() * 60));
        var head = new StringBuilder("POST " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        return ByteBuffer.wrap((head + "\r\n" + body).getBytes(ISO_8859_1)).asReadOnlyBuffer();
    }

    private void until(long end) throws IOException {
        while (System.nanoTime() < end) {
            selector.select(10);
            for (var key : selector.selectedKeys()) {
                ((Line) key.attachment()).ready(key);
            }
            selector.selectedKeys().clear();
        }
    }

    private final class Line {

        private final ByteBuffer request;
        private final StringBuilder head = new StringBuilder();
        private final StringBuilder chunkSize = new StringBuilder();
        private final byte[] text = new byte[64 * 1024];
        private SocketChannel channel;
        private SelectionKey key;
        private ByteBuffer out;
        private long asked;
        private int textLength;
        private int status;
        private long left;          // of the body, or of the chunk of HTTP that is being read
        private boolean inHead;
        private boolean chunked;
        private boolean lastChunk;
        private boolean closes;
        private boolean begun;      // the first chunk of the model's has come

        Line(ByteBuffer request) throws IOException {
            this.request = request;
            connect();
        }

        private void connect() throws IOException {
            channel = SocketChannel.open(address);
            channel.configureBlocking(false);
            channel.socket().setTcpNoDelay(true);
            key = channel.register(selector, SelectionKey.OP_READ, this);
            ask();
        }

        private void ask() throws IOException {
            inHead = true;
            begun = false;
            lastChunk = false;
            head.setLength(0);
            chunkSize.setLength(0);
            textLength = 0;
            out = request.duplicate();
            asked = System.nanoTime();
            write();
        }

        private void write() throws IOException {
            channel.write(out);
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void ready(SelectionKey ready) throws IOException {
            try {
                if (ready.isValid() && ready.isReadable()) {
                    read();
                }
                if (ready.isValid() && ready.isWritable()) {
                    write();
                }
            } catch (IOException e) {
                broken(e.toString());
            }
        }

        private void broken(String how) throws IOException {
            count(false, how);
            channel.close();
            connect();
        }

        private void count(boolean good, String otherwise) {
            all += good ? 1 : 0;
            if (counts && good) {
                answers++;
            } else if (counts) {
                failed++;
            }
            if (!good && refusal.isEmpty()) {
                refusal = otherwise;
            }
        }

        private void read() throws IOException {
            in.clear();
            if (channel.read(in) < 0) {
                broken("hung up on");
                return;
            }
            in.flip();
            var now = System.nanoTime();
            while (in.hasRemaining()) {
                if (inHead ? headEnds() : chunked ? chunkedEnds(now) : bodyEnds()) {
                    done(now);
                    return;
                }
            }
        }

        /** Whether that was all of the answer. */
        private boolean headEnds() {
            head.append((char) in.get());
            if (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
                return false;
            }
            var lines = head.toString().toLowerCase(Locale.ROOT);
            var length = lines.indexOf("\r\ncontent-length:");
            inHead = false;
            status = Integer.parseInt(lines.substring(9, 12));
            chunked = lines.contains("\r\ntransfer-encoding: chunked");
            closes = lines.contains("\r\nconnection: close");
            left = chunked || length < 0 ? 0 : Long.parseLong(lines.substring(length + 17, lines.indexOf('\r', length + 2)).strip());
            return !chunked && left == 0;
        }

        private boolean bodyEnds() {
            var take = (int) Math.min(left, in.remaining());
            if (status != 200) {
                keep(take);
            }
            in.position(in.position() + (status == 200 ? take : 0));
            left -= take;
            return left == 0;
        }

        private void keep(int length) {
            var room = Math.min(length, text.length - textLength);
            in.get(text, textLength, room);
            in.position(in.position() + length - room);
            textLength += room;
        }

        private boolean chunkedEnds(long now) {
            var next = in.get();
            if (left > 0) {
                left--;
                if (textLength < text.length) {
                    text[textLength++] = next;
                }
                if (next == '\n' && status == 200) {
                    event(now);
                    textLength = 0;
                }
                return false;
            }
            if (next != '\n') {
                chunkSize.append((char) next);
                return false;
            }
            var size = chunkSize.toString().strip();
            chunkSize.setLength(0);
            if (size.isEmpty()) {
                return lastChunk;
            }
            left = Long.parseLong(size, 16);
            lastChunk = left == 0;
            return false;
        }

        /** A line of a stream: with its time, if it is a chunk of the model's. */
        private void event(long now) {
            for (var at = 0; at + 1 < textLength; at++) {
                if (text[at] == 't' && text[at + 1] == '=') {
                    var written = 0L;
                    for (var digit = at + 2; text[digit] >= '0' && text[digit] <= '9'; digit++) {
                        written = written * 10 + text[digit] - '0';
                    }
                    if (counts) {
                        delay.add(now - written);
                        if (!begun) {
                            first.add(now - asked);
                        }
                    }
                    begun = true;
                    return;
                }
            }
        }

        private void done(long now) throws IOException {
            count(status == 200, status + " " + new String(text, 0, Math.min(textLength, 300), ISO_8859_1));
            if (counts && status == 200) {
                whole.add(now - asked);
            }
            if (closes) {
                channel.close();
                connect();
            } else {
                ask();
            }
        }
    }

    private static final class Numbers {

        private long[] all = new long[1 << 16];
        private int count;

        void add(long number) {
            if (count == all.length) {
                all = Arrays.copyOf(all, count * 2);
            }
            all[count++] = number;
        }

        long[] sorted() {
            var sorted = Arrays.copyOf(all, count);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
