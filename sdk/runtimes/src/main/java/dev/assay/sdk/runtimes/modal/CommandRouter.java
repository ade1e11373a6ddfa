// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import dev.assay.sdk.runtimes.account.ProviderAnswer;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.account.ServedProcess.End;
import dev.assay.sdk.runtimes.modal.Protocol.Access;
import dev.assay.sdk.runtimes.modal.Protocol.Exec;
import dev.assay.sdk.runtimes.modal.Protocol.Exit;
import dev.assay.sdk.runtimes.modal.Protocol.Read;
import dev.assay.sdk.runtimes.modal.Protocol.Start;
import dev.assay.sdk.runtimes.modal.Protocol.Write;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What starts commands in one sandbox, and carries their input and output. It is Modal's, outside of the sandbox, and opens to whoever shows a
 * key for this sandbox, which Modal gives to the team.
 */
final class CommandRouter implements AutoCloseable {

    private static final long PAUSE_MILLIS = 200;

    private final ModalApi api;
    private final String task;
    private final ManagedChannel channel;
    private final Calls calls;
    private volatile String key;

    private CommandRouter(ModalApi api, String task, ManagedChannel channel, String key) {
        this.api = api;
        this.task = task;
        this.channel = channel;
        this.key = key;
        this.calls = new Calls(channel, words -> api.shown(words.replace(this.key, "***")));
    }

    /** @param task what Modal calls that which runs in a sandbox */
    static CommandRouter of(ModalApi api, String task, Connections connections) throws IOException, InterruptedException {
        var access = api.access(task);
        var key = key(access);
        return new CommandRouter(api, task, connections.to(sealed(access.text(Access.URL), connections.isOpen())), key);
    }

    /** What is told of, and with a sandbox's key, must not go through the open. */
    static URI sealed(String address, boolean mayBeOpen) throws ProviderException {
        return ProviderAnswer.sealed(address, mayBeOpen).orElseThrow(() -> new ProviderException(0, "Modal answered with an address that is none"));
    }

    private static String key(Fields access) throws ProviderException {
        return ProviderAnswer.header("Modal", "a key", access.text(Access.JWT));
    }

    /** One command in the sandbox, and nobody else's. */
    record Command(String id) {}

    /**
     * Starts it.
     *
     * @param errors whether what it prints there is wanted
     */
    Command start(List<String> command, Map<String, String> variables, boolean errors) throws IOException, InterruptedException {
        var started = new Command(UUID.randomUUID().toString());
        var asked = about(started).texts(Start.COMMAND_ARGS, command).map(Start.ENV, variables).number(Start.STDOUT, Start.PIPE);
        ask(Protocol.TASK_EXEC_START, errors ? asked.number(Start.STDERR, Start.PIPE) : asked);
        return started;
    }

    private Fields about(Command command) {
        return new Fields().text(Exec.TASK, task).text(Exec.ID, command.id());
    }

    /** Who takes what a command prints. */
    @FunctionalInterface
    interface Sink {

        /** @return false: nobody wants more */
        boolean takes(ByteString piece);
    }

    /** @param output as the protocol calls it: {@link Read#STDOUT} or {@link Read#STDERR} */
    Reading reading(Command command, int output, Sink sink) {
        return new Reading(command, output, sink);
    }

    /** One output of a command, from its beginning. Closing it ends only the hearing. */
    final class Reading implements AutoCloseable {

        private final Command command;
        private final int output;
        private final Sink sink;
        private long offset;
        private Context.@Nullable CancellableContext heard;
        private boolean closed;

        private Reading(Command command, int output, Sink sink) {
            this.command = command;
            this.output = output;
            this.sink = sink;
        }

        /** Until there is no more, or no more is wanted; across connections that break off. */
        void toItsEnd() throws IOException, InterruptedException {
            while (true) {
                long began = System.nanoTime();
                long from = offset;
                try {
                    ask(this::on);
                    return;
                } catch (ProviderException e) {
                    boolean wasHeard = offset > from || System.nanoTime() - began > Calls.LIMIT.toNanos();
                    if (!e.mayPass() || !wasHeard || channel.isShutdown()) {
                        throw e;
                    }
                }
            }
        }

        /** Hears no faster than it is taken. */
        private boolean on(Channel asked) {
            var question = about(command).number(Read.OFFSET, offset).number(Read.DESCRIPTOR, output);
            var context = Context.current().withCancellation();
            if (!begins(context)) {
                return false;
            }
            var before = context.attach();
            try {
                var pieces = ClientCalls.blockingServerStreamingCall(asked, Protocol.TASK_EXEC_STDIO_READ, CallOptions.DEFAULT, question);
                while (pieces.hasNext()) {
                    var piece = pieces.next().bytes(Read.DATA);
                    offset += piece.size();
                    if (!sink.takes(piece)) {
                        return false;
                    }
                }
                return true;
            } finally {
                context.detachAndCancel(before, null);
            }
        }

        private synchronized boolean begins(Context.CancellableContext context) {
            heard = context;
            return !closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (heard != null) {
                heard.cancel(null);
            }
        }
    }

    /**
     * Returns once it is taken: so it arrives in its order, and no faster than that.
     *
     * @param offset how many bytes went before: what is said twice arrives once
     * @param last whether no more comes after it
     */
    void write(Command command, long offset, ByteString data, boolean last) throws IOException, InterruptedException {
        ask(Protocol.TASK_EXEC_STDIN_WRITE, about(command).number(Write.OFFSET, offset).bytes(Write.DATA, data).number(Write.EOF, last ? 1 : 0));
    }

    /** How it ended, when it has. */
    End await(Command command) throws IOException, InterruptedException {
        while (true) {
            var end = ask(asked -> ended(asked, about(command)));
            if (end.isPresent()) {
                return end.get();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** Empty: not yet. */
    private static Optional<End> ended(Channel asked, Fields question) {
        try {
            var end = Calls.unary(Protocol.TASK_EXEC_WAIT, question).apply(asked);
            if (end.has(Exit.SIGNAL)) {
                return Optional.of(new End(OptionalInt.empty(), false, "it was ended by signal " + end.number(Exit.SIGNAL)));
            }
            return end.has(Exit.CODE) ? Optional.of(End.exited((int) end.number(Exit.CODE))) : Optional.empty();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Code.DEADLINE_EXCEEDED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Fields ask(MethodDescriptor<Fields, Fields> method, Fields question) throws IOException, InterruptedException {
        return ask(Calls.unary(method, question));
    }

    private <T> T ask(Function<Channel, T> question) throws IOException, InterruptedException {
        return calls.make(attempt -> {
            var shown = key;
            try {
                return question.apply(showing(shown));
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Code.UNAUTHENTICATED) {
                    throw e;
                }
            }
            return question.apply(showing(renewed(shown)));
        });
    }

    private Channel showing(String shown) {
        var head = new Metadata();
        head.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + shown);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(head));
    }

    /** Keys hold for a while; whoever finds out first gets the next. */
    private synchronized String renewed(String old) throws IOException, InterruptedException {
        if (key.equals(old)) {
            key = key(api.access(task));
        }
        return key;
    }

    /** Whatever is being asked there breaks off. */
    @Override
    public void close() {
        channel.shutdownNow();
    }
}
