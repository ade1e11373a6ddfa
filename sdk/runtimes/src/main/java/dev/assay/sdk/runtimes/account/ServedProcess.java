// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.OutputTail;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** What has been heard of the environment inside a sandbox: its output, that it serves, its end. */
public final class ServedProcess {

    /**
     * How it ended.
     *
     * @param code what it exited with; empty: nobody knows, or it ended otherwise
     * @param lost whether it did not end by itself, as far as is known
     */
    public record End(OptionalInt code, boolean lost, String because) {

        public static End exited(int code) {
            return new End(OptionalInt.of(code), false, "it ended with code " + code);
        }
    }

    private static final String ANNOUNCEMENT = "HUD_SERVE_PORT=";
    private static final int LONGEST_LINE = 16 * 1024;

    private final OutputTail tail = new OutputTail();
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final CompletableFuture<End> ended = new CompletableFuture<>();

    /** Completed when it says that it serves. */
    public CompletableFuture<Void> serving() {
        return serving;
    }

    /** The first end that is told holds. */
    public CompletableFuture<End> ended() {
        return ended;
    }

    OutputTail tail() {
        return tail;
    }

    /** By one thread, piece by piece. */
    public void said(byte[] stdout, byte[] stderr) {
        lines(stdout, out);
        lines(stderr, err);
    }

    public void end(End end) {
        say(out);
        say(err);
        ended.complete(end);
    }

    /** Nobody wants to know any more, or can. */
    public void end(boolean lost, String because) {
        ended.complete(new End(OptionalInt.empty(), lost, because));
    }

    /** One byte of what is not ASCII may come in two pieces: what cannot be read then is replaced, in an output that is for people only. */
    private void lines(byte[] bytes, StringBuilder line) {
        for (char c : new String(bytes, StandardCharsets.UTF_8).toCharArray()) {
            if (c == '\n' || line.length() >= LONGEST_LINE) {
                say(line);
            }
            if (c != '\n' && c != '\r') {
                line.append(c);
            }
        }
    }

    private void say(StringBuilder line) {
        if (line.isEmpty()) {
            return;
        }
        var said = line.toString();
        line.setLength(0);
        tail.add(said);
        if (said.startsWith(ANNOUNCEMENT)) {
            serving.complete(null);
        }
    }
}
