// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import dev.assay.trainer.engine.RefusedException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A process that computes: it is asked one thing after the other, whoever asks, in the frames that its {@code __main__.py} describes. One
 * that hangs is killed; of one that is dead nothing can be had any more.
 */
final class PythonProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PythonProcess.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final String name;
    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream answers;
    private final ScheduledExecutorService watch;
    private final Duration patience;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicInteger numbers = new AtomicInteger();
    private final Queue<Integer> released = new ConcurrentLinkedQueue<>();
    private volatile boolean hung;

    PythonProcess(String name, ProcessBuilder command, ScheduledExecutorService watch, Duration patience) throws IOException {
        this.name = name;
        this.process = command.start();
        this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
        this.watch = watch;
        this.patience = patience;
        Thread.ofVirtual().name("log-of-" + name).start(this::log);
    }

    /** @param data numbers of 32 bits */
    record Answer(JsonNode head, ByteBuffer data) {}

    static ObjectNode request(String verb) {
        return JSON.createObjectNode().put("verb", verb);
    }

    static byte[] bytes(int[]... numbers) {
        int many = 0;
        for (var some : numbers) {
            many += some.length;
        }
        var bytes = ByteBuffer.allocate(4 * many).order(ByteOrder.LITTLE_ENDIAN);
        var into = bytes.asIntBuffer();
        for (var some : numbers) {
            into.put(some);
        }
        return bytes.array();
    }

    /** A name for what it is to keep; {@link #release} drops it. */
    int number() {
        return numbers.incrementAndGet();
    }

    /** It is told with whatever it is asked next. */
    void release(int number) {
        released.add(number);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Process process() {
        return process;
    }

    Answer ask(ObjectNode request) throws IOException {
        return ask(request, new byte[0]);
    }

    /** @throws RefusedException if it says that this cannot be computed */
    Answer ask(ObjectNode request, byte[] data) throws IOException {
        var answer = exchange(request, data);
        if (answer.head().path("refused").isNumber()) {
            var detail = answer.head().path("detail").asString("");
            throw answer.head().path("refused").intValue() == 413 ? RefusedException.tooLong(detail) : RefusedException.unfit(detail);
        }
        if (answer.head().path("failed").isString()) {
            throw new IOException(answer.head().path("failed").stringValue());
        }
        return answer;
    }

    private Answer exchange(ObjectNode request, byte[] data) throws IOException {
        turn.lock();
        try {
            var watched = watch.schedule(this::kill, patience.toMillis(), TimeUnit.MILLISECONDS);
            try {
                send(request, data);
                return receive();
            } finally {
                watched.cancel(false);
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw new IOException(end(), e);
        } finally {
            turn.unlock();
        }
    }

    private void send(ObjectNode request, byte[] data) throws IOException {
        var dropped = request.putArray("released");
        for (var number = released.poll(); number != null; number = released.poll()) {
            dropped.add(number);
        }
        var head = JSON.writeValueAsBytes(request);
        requests.writeInt(head.length);
        requests.writeInt(data.length);
        requests.write(head);
        requests.write(data);
        requests.flush();
    }

    private Answer receive() throws IOException {
        int head = answers.readInt();
        int data = answers.readInt();
        return new Answer(JSON.readTree(exactly(head)), ByteBuffer.wrap(exactly(data)).order(ByteOrder.LITTLE_ENDIAN));
    }

    private byte[] exactly(int length) throws IOException {
        var bytes = answers.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private void kill() {
        hung = true;
        process.destroyForcibly();
    }

    /** Why nothing can be had of it, for people. */
    private String end() {
        var subject = "the process that computes for '" + name + "' ";
        if (hung) {
            return subject + "did not answer within " + patience.toSeconds() + " seconds and was ended";
        }
        var status = status();
        return subject
                + (status == null || status == 137 ? "was killed; it may have taken more memory than there is" : "ended with " + status);
    }

    private @Nullable Integer status() {
        try {
            return process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void log() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.info("{}: {}", name, line);
            }
        } catch (IOException e) {
            LOG.debug("the log of {} ended", name, e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
