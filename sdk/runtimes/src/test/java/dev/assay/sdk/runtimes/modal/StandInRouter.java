// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.account.StandInBox;
import dev.assay.sdk.runtimes.modal.Protocol.Exec;
import dev.assay.sdk.runtimes.modal.Protocol.Exit;
import dev.assay.sdk.runtimes.modal.Protocol.Read;
import dev.assay.sdk.runtimes.modal.Protocol.Start;
import dev.assay.sdk.runtimes.modal.Protocol.Write;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What starts commands in a stand-in's sandboxes, for whoever shows a key that holds yet. */
final class StandInRouter {

    private static final int LOST = -9;

    private final Function<String, StandInBox> boxes;
    private final Map<String, Command> commands = new ConcurrentHashMap<>();
    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicInteger trouble = new AtomicInteger();
    private volatile int broken;
    private volatile boolean wrong;

    StandInRouter(Function<String, StandInBox> boxes) {
        this.boxes = boxes;
    }

    String key(String task) {
        return "key-" + (wrong ? "wrong" : keys.get()) + "-of-" + task;
    }

    /** No key that was given holds any more. */
    void forgetsKeys() {
        keys.incrementAndGet();
    }

    /** Whether keys that are given hold from now on. */
    void keysHold(boolean all) {
        wrong = !all;
    }

    /** So many times it answers that it is away. */
    void isAway(int times) {
        trouble.set(times);
    }

    /** Ends the answers of all that read output; they may come again. */
    void breaksOff() {
        broken++;
        commands.values().forEach(Command::stir);
    }

    ServerInterceptor door() {
        return new ServerInterceptor() {

            @Override
            public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata head, ServerCallHandler<Q, A> next) {
                var shown = StandInModal.shown(head, "authorization");
                var refused = trouble.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? Status.UNAVAILABLE
                        : !StandInModal.shown(head, "x-modal-token-secret").isEmpty() ? Status.INVALID_ARGUMENT
                        : shown.startsWith("Bearer key-" + keys.get() + "-of-ta-") ? Status.OK
                        : Status.UNAUTHENTICATED.withDescription("no such key: " + shown);
                if (refused.isOk()) {
                    return next.startCall(call, head);
                }
                call.close(refused, new Metadata());
                return new Listener<>() {};
            }
        };
    }

    /** One that was started, and what it has printed. */
    private static final class Command {

        private final StandInBox.Started process;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private @Nullable Integer exit;
        private long written;

        Command(StandInBox.Started process) {
            this.process = process;
        }

        void hear(boolean errors) {
            int code = LOST;
            try {
                for (var line = process.events().readLine(); line != null; line = code == LOST ? process.events().readLine() : null) {
                    var said = Json.MAPPER.readTree(line);
                    code = said.path("exit").asInt(code);
                    print(out, said.path("stdout").asString(""));
                    print(err, errors ? said.path("stderr").asString("") : "");
                }
                process.channel().close();
            } catch (IOException e) {
                // its sandbox is gone
            }
            ended(code);
        }

        private synchronized void print(ByteArrayOutputStream to, String base64) {
            to.writeBytes(Base64.getDecoder().decode(base64));
            notifyAll();
        }

        private synchronized void ended(int code) {
            exit = code;
            notifyAll();
        }

        synchronized void stir() {
            notifyAll();
        }

        synchronized int exit() throws InterruptedException {
            while (exit == null) {
                wait();
            }
            return exit;
        }

        /** What comes after so many bytes; empty: nothing will, or nobody is to hear it now. */
        synchronized byte[] after(long read, boolean errors, BooleanSupplier broken) throws InterruptedException {
            var from = errors ? err : out;
            while (from.size() == read && exit == null && !broken.getAsBoolean()) {
                wait();
            }
            var all = from.toByteArray();
            return Arrays.copyOfRange(all, (int) read, (int) Math.min(all.length, read + 100_000));
        }

        /** What was said before is not said again. */
        synchronized void write(long offset, ByteString data, boolean last) throws IOException {
            if (offset + data.size() > written) {
                process.tell(Json.object().put("stdin", Base64.getEncoder().encodeToString(data.substring((int) (written - offset)).toByteArray())));
                written = offset + data.size();
            }
            if (last) {
                process.tell(Json.object().put("close", true));
            }
        }
    }

    ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("modal.task_command_router.TaskCommandRouter")
                .addMethod(Protocol.TASK_EXEC_START, StandInModal.answering(this::start))
                .addMethod(Protocol.TASK_EXEC_STDIN_WRITE, StandInModal.answering(this::write))
                .addMethod(Protocol.TASK_EXEC_STDIO_READ, ServerCalls.asyncServerStreamingCall(this::read))
                .addMethod(Protocol.TASK_EXEC_WAIT, StandInModal.answering(this::await))
                .build();
    }

    private Fields start(Fields asked) {
        commands.computeIfAbsent(asked.text(Exec.ID), id -> started(asked));
        return new Fields();
    }

    private Command started(Fields asked) {
        var words = asked.texts(Start.COMMAND_ARGS);
        var variables = Json.object();
        asked.map(Start.ENV).forEach(variables::put);
        try {
            var command = new Command(boxes.apply(asked.text(Exec.TASK)).start(words.getFirst(), words.subList(1, words.size()), variables, true));
            boolean errors = asked.number(Start.STDERR) == Start.PIPE;
            Thread.startVirtualThread(() -> command.hear(errors));
            return command;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read(Fields asked, StreamObserver<Fields> to) {
        var command = commands.get(asked.text(Exec.ID));
        boolean errors = asked.number(Read.DESCRIPTOR) == Read.STDERR;
        int before = broken;
        try {
            long read = asked.number(Read.OFFSET);
            for (var piece = command.after(read, errors, () -> broken > before); piece.length > 0; ) {
                to.onNext(new Fields().bytes(Read.DATA, ByteString.copyFrom(piece)));
                read += piece.length;
                piece = command.after(read, errors, () -> broken > before);
            }
            if (broken > before) {
                to.onError(Status.UNAVAILABLE.withDescription("connection reset").asRuntimeException());
            } else {
                to.onCompleted();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fields write(Fields asked) {
        try {
            commands.get(asked.text(Exec.ID)).write(asked.number(Write.OFFSET), asked.bytes(Write.DATA), asked.number(Write.EOF) == 1);
            return new Fields();
        } catch (IOException e) {
            throw Status.NOT_FOUND.withDescription("it has ended").asRuntimeException();
        }
    }

    private Fields await(Fields asked) throws InterruptedException {
        int code = commands.get(asked.text(Exec.ID)).exit();
        return code < 0 ? new Fields().number(Exit.SIGNAL, -code) : new Fields().number(Exit.CODE, code);
    }
}
