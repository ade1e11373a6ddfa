// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.modal.CommandRouter.Command;
import dev.assay.sdk.runtimes.modal.Protocol.Read;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One output of a command, from its beginning. Closing it ends only the hearing. */
final class Reading implements AutoCloseable {

    private final CommandRouter router;
    private final Command command;
    private final int output;
    private final Sink sink;
    private long offset;
    private Context.@Nullable CancellableContext heard;
    private boolean closed;

    /** @param output as the protocol calls it: {@link Read#STDOUT} or {@link Read#STDERR} */
    Reading(CommandRouter router, Command command, int output, Sink sink) {
        this.router = router;
        this.command = command;
        this.output = output;
        this.sink = sink;
    }

    /** Who takes what a command prints. */
    @FunctionalInterface
    interface Sink {

        /** @return false: nobody wants more */
        boolean takes(ByteString piece);
    }

    /** Until there is no more, or no more is wanted; across connections that break off. */
    void toItsEnd() throws IOException, InterruptedException {
        while (true) {
            long began = System.nanoTime();
            long from = offset;
            try {
                router.ask(this::on);
                return;
            } catch (ProviderException e) {
                boolean wasHeard = offset > from || System.nanoTime() - began > Calls.LIMIT.toNanos();
                if (!e.mayPass() || !wasHeard || router.isClosed()) {
                    throw e;
                }
            }
        }
    }

    /** Hears no faster than it is taken. */
    private boolean on(Channel asked) {
        var question = router.about(command).number(Read.OFFSET, offset).number(Read.DESCRIPTOR, output);
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
