// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import dev.assay.sdk.runtimes.account.ImageCommands;
import dev.assay.sdk.runtimes.account.Presence;
import dev.assay.sdk.runtimes.account.ServedProcess;
import dev.assay.sdk.runtimes.account.ServedProcess.End;
import dev.assay.sdk.runtimes.modal.Protocol.Read;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The environment inside a sandbox, heard from when it was started until it has ended. */
final class ModalProcess {

    private static final byte[] NOTHING = {};

    /** What it started may hold its outputs open when it has ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final CommandRouter router;
    private final CommandRouter.Command command;
    private final Presence sandbox;
    private final ServedProcess told = new ServedProcess();

    private ModalProcess(CommandRouter router, CommandRouter.Command command, Presence sandbox) {
        this.router = router;
        this.command = command;
        this.sandbox = sandbox;
    }

    static ServedProcess start(CommandRouter router, Presence sandbox, Map<String, String> variables) throws IOException, InterruptedException {
        var process = new ModalProcess(router, router.start(ImageCommands.serve(), variables, true), sandbox);
        var hearing = List.of(process.hear(Read.STDOUT), process.hear(Read.STDERR));
        Thread.ofVirtual().name("modal-environment").start(() -> process.await(hearing));
        return process.told;
    }

    private Thread hear(int output) {
        boolean out = output == Read.STDOUT;
        return Thread.ofVirtual().name("modal-output").start(() -> {
            try (var reading = new Reading(router, command, output, piece -> said(out ? piece : ByteString.EMPTY, out ? ByteString.EMPTY : piece))) {
                reading.toItsEnd();
            } catch (IOException e) {
                broke(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** @return whether anybody wants to know more */
    private synchronized boolean said(ByteString stdout, ByteString stderr) {
        told.said(stdout.isEmpty() ? NOTHING : stdout.toByteArray(), stderr.isEmpty() ? NOTHING : stderr.toByteArray());
        return !told.ended().isDone();
    }

    private void await(List<Thread> hearing) {
        try {
            var end = router.await(command);
            if (end.code().isEmpty() && !sandbox.isThere()) { // which looks like an end of its own by a signal
                end = new End(OptionalInt.empty(), true, "Modal has its sandbox no more");
            }
            for (var one : hearing) {
                one.join(LAST_WORDS);
            }
            synchronized (this) {
                told.end(end);
            }
        } catch (IOException e) {
            broke(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            told.end(true, "interrupted");
        }
    }

    private void broke(IOException e) {
        told.end(true, "the connection to its sandbox broke off: " + e.getMessage());
    }
}
