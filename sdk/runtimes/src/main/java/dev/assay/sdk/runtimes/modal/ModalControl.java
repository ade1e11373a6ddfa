// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import dev.assay.sdk.runtimes.account.Carriage;
import dev.assay.sdk.runtimes.account.ImageCommands;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.modal.CommandRouter.Command;
import dev.assay.sdk.runtimes.modal.Protocol.Read;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Joins each connection to the environment's port by a command in the sandbox whose input and output it becomes. */
final class ModalControl implements Carriage {

    private static final int CHUNK = 64 * 1024;

    private final CommandRouter router;

    ModalControl(CommandRouter router) {
        this.router = router;
    }

    @Override
    public void carry(SocketChannel peer) throws IOException, InterruptedException {
        var command = router.start(ImageCommands.join(), Map.of(), false);
        var failure = new AtomicReference<@Nullable IOException>();
        try (var reading = new Reading(router, command, Read.STDOUT, piece -> written(peer, piece))) {
            Thread.startVirtualThread(() -> send(peer, command, failure, reading));
            reading.toItsEnd();
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        }
        var broke = failure.get();
        if (broke != null) {
            throw broke;
        }
    }

    /** False: nobody reads it any more, which is how connections end. */
    private static boolean written(SocketChannel peer, ByteString piece) {
        try {
            for (var bytes : piece.asReadOnlyByteBufferList()) {
                while (bytes.hasRemaining()) {
                    peer.write(bytes);
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void send(SocketChannel peer, Command command, AtomicReference<@Nullable IOException> failure, Reading reading) {
        long sent = 0;
        try {
            var buffer = ByteBuffer.allocate(CHUNK);
            for (int read = read(peer, buffer); read >= 0; read = read(peer, buffer)) {
                router.write(command, sent, ByteString.copyFrom(buffer.flip()), false);
                sent += read;
            }
            router.write(command, sent, ByteString.EMPTY, true); // without which the command would go on
        } catch (ProviderException e) {
            if (e.mayPass()) { // any other says that the command has ended, and what it said last is being heard
                failure.set(e);
                reading.close();
            }
        } catch (IOException e) {
            failure.set(e);
            reading.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A peer that is closed says no more. */
    private static int read(SocketChannel peer, ByteBuffer buffer) {
        try {
            return peer.read(buffer.clear());
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        router.close();
    }
}
