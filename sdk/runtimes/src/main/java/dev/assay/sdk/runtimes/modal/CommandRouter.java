// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import dev.assay.sdk.runtimes.account.ProviderAnswer;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.account.ServedProcess.End;
import dev.assay.sdk.runtimes.modal.Protocol.Access;
import dev.assay.sdk.runtimes.modal.Protocol.Exec;
import dev.assay.sdk.runtimes.modal.Protocol.Exit;
import dev.assay.sdk.runtimes.modal.Protocol.Start;
import dev.assay.sdk.runtimes.modal.Protocol.Write;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;

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

    /** What each question about it begins with. */
    Fields about(Command command) {
        return new Fields().text(Exec.TASK, task).text(Exec.ID, command.id());
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

    <T> T ask(Function<Channel, T> question) throws IOException, InterruptedException {
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

    boolean isClosed() {
        return channel.isShutdown();
    }

    /** Whatever is being asked there breaks off. */
    @Override
    public void close() {
        channel.shutdownNow();
    }
}
