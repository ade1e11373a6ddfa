// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.util.regex.Pattern;

/** How commands are written, and how what they wrote is shown to a model. */
public final class ShellText {

    /** Output and errors of one command together, in characters. */
    public static final int LIMIT = 10 * 1024 * 1024;

    static final String MARKER = "[truncated]";
    private static final Pattern SAFE = Pattern.compile("[\\w@%+=:,./-]+");

    private ShellText() {}

    /** One word of a POSIX shell, whatever it holds. */
    public static String quote(String word) {
        return SAFE.matcher(word).matches() ? word : "'" + word.replace("'", "'\"'\"'") + "'";
    }

    /** The command, what it wrote and how it ended. */
    public static String transcript(String command, CommandResult result) {
        return transcript(command, result, LIMIT);
    }

    static String transcript(String command, CommandResult result, int limit) {
        var shown = bounded(result.outputText(), result.errorText(), limit);
        var text = new StringBuilder("$ ").append(command).append('\n').append(shown.output());
        if (!shown.errors().isEmpty()) {
            text.append("\nstderr:\n").append(shown.errors());
        }
        return text.append("\n(exit ").append(result.status()).append(')').toString();
    }

    /** What a command wrote to its two streams. */
    public record Streams(String output, String errors) {}

    /**
     * Both streams in so many characters together: half of them from the beginning (output first), half from the end (errors last), the
     * marker where the gap is.
     *
     * @param limit at least 1
     */
    public static Streams bounded(String output, String errors, int limit) {
        if (output.length() + errors.length() <= limit) {
            return new Streams(output, errors);
        }
        var marker = head(MARKER, limit);
        var budget = limit - marker.length();
        var fromStart = (budget + 1) / 2;
        var fromEnd = budget / 2;
        var outputHead = head(output, fromStart);
        var errorsHead = head(errors, Math.max(0, fromStart - output.length()));
        var errorsTail = tail(errors, fromEnd);
        var outputTail = tail(output, Math.max(0, fromEnd - errors.length()));
        return outputHead.length() + outputTail.length() < output.length()
                ? new Streams(outputHead + marker + outputTail, errorsHead + errorsTail)
                : new Streams(outputHead + outputTail, errorsHead + marker + errorsTail);
    }

    private static String head(String text, int length) {
        return text.substring(0, Math.min(length, text.length()));
    }

    private static String tail(String text, int length) {
        return text.substring(Math.max(0, text.length() - length));
    }
}
