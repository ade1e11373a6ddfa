// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import dev.assay.sdk.protocol.PythonText;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hands on what a command writes, line by line as it comes. The first line that is not taken is the last that is offered. */
final class LineStream extends OutputStream {

    /**
     * Bytes. What becomes of a line is about ten times as large for a moment, and several agents write at once: a document in base64 is
     * meant to fit, whatever a stranger writes is not.
     */
    static final int LONGEST_LINE = 8 << 20;

    private final SshWorkspace.Lines lines;
    private final CompletableFuture<?> enough;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private @Nullable Exception failure;

    /** @param enough completed when no more is wanted */
    LineStream(SshWorkspace.Lines lines, CompletableFuture<?> enough) {
        this.lines = lines;
        this.enough = enough;
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (failure != null) {
            return;
        }
        var from = offset;
        for (var at = offset; at < offset + length; at++) {
            if (bytes[at] == '\n') {
                begun.write(bytes, from, at - from);
                from = at + 1;
                hand();
            }
        }
        begun.write(bytes, from, offset + length - from);
        if (begun.size() > LONGEST_LINE) {
            fail(new IllegalArgumentException("a line of more than " + LONGEST_LINE + " bytes"));
        }
    }

    /** The command has ended: what follows its last line's end is a line, too. */
    synchronized void end() {
        if (begun.size() > 0) {
            hand();
        }
    }

    /** Why no more lines were taken; null if all were. */
    synchronized @Nullable Exception failure() {
        return failure;
    }

    private void hand() {
        var line = failure == null ? PythonText.decode(begun.toByteArray()) : "";
        begun.reset();
        if (failure != null) {
            return;
        }
        try {
            lines.line(line);
        } catch (Exception notTaken) {
            fail(notTaken);
        }
    }

    private void fail(Exception why) {
        begun.reset();
        if (failure == null) {
            failure = why;
            enough.complete(null);
        }
    }
}
