// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.account.ServedProcess;
import dev.assay.sdk.runtimes.account.ServedProcess.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The environment inside a sandbox: heard from when it was started until it has ended, also across connections that break off. */
final class DaytonaProcess {

    private static final int TRIES = 15;
    private static final long AGAIN_MILLIS = 1000;
    private static final byte[] NOTHING = {};

    private final Toolbox toolbox;
    private final String command;
    private final ServedProcess told = new ServedProcess();
    private volatile @Nullable DaytonaSocket output;
    private long heard;
    private int failures;

    private DaytonaProcess(Toolbox toolbox, String command) {
        this.toolbox = toolbox;
        this.command = command;
    }

    static ServedProcess start(Toolbox toolbox, String line) throws IOException, InterruptedException {
        awaitSession(toolbox);
        var process = new DaytonaProcess(toolbox, toolbox.start(line));
        process.told.ended().thenRun(process::hangUp); // nobody wants to know any more
        Thread.ofVirtual().name("daytona-environment").start(process::hear);
        return process.told;
    }

    /** A sandbox may count as started a moment before its daemon is reached. */
    private static void awaitSession(Toolbox toolbox) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                toolbox.makeSession();
                return;
            } catch (ProviderException e) {
                if (tries == TRIES || !e.isPassing()) {
                    throw e;
                }
            }
            Thread.sleep(AGAIN_MILLIS);
        }
    }

    private void hangUp() {
        var open = output;
        if (open != null) {
            open.close();
        }
    }

    private void hear() {
        while (!told.ended().isDone()) {
            try {
                listen();
                var code = toolbox.exitCode(command);
                if (code != null) {
                    told.end(End.exited(code));
                } else {
                    again("its output ended before it did");
                }
            } catch (ProviderException e) {
                if (e.isPassing()) {
                    again(String.valueOf(e.getMessage()));
                } else {
                    told.end(true, String.valueOf(e.getMessage()));
                }
            } catch (IOException e) {
                again(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                told.end(true, "interrupted");
            }
        }
    }

    /** What was heard before is left out. */
    private void listen() throws IOException, InterruptedException {
        long[] toSkip = {heard};
        try (var open = toolbox.output(command, piece -> take(piece, toSkip))) {
            output = open;
            failures = 0; // an environment may say nothing for long, and proxies end what is long
            if (told.ended().isDone()) {
                open.close(); // who ended it may have looked before
            }
            open.awaitEnd();
        }
    }

    private void take(ByteBuffer piece, long[] toSkip) {
        int skipped = (int) Math.min(toSkip[0], piece.remaining());
        toSkip[0] -= skipped;
        var fresh = new byte[piece.position(piece.position() + skipped).remaining()];
        piece.get(fresh);
        heard += fresh.length;
        told.said(fresh, NOTHING);
    }

    private void again(String because) {
        if (++failures > TRIES) {
            told.end(true, "the connection to its sandbox broke off: " + because);
            return;
        }
        try {
            Thread.sleep(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            told.end(true, "interrupted");
        }
    }
}
