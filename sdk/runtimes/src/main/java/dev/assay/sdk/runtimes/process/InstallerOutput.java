// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputTail;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an installer prints. Somebody watches the build, so now and then a line is passed on as a sign of life; the rest is kept as a
 * tail, which is told if the installation fails.
 */
final class InstallerOutput implements Consumer<String> {

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);
    private static final int LONGEST_SIGN = 160;
    private static final String INSTALLED = "Successfully installed ";

    /** The last line of what a package's own build said, in the words of its language. */
    private static final Pattern RAISED = Pattern.compile("[\\w.]*(Error|Exception): .+|.*: (fatal )?error: .+");

    private final PackageIndex index;
    private final Consumer<String> log;
    private final OutputTail tail = new OutputTail();
    private @Nullable String error;
    private @Nullable String raised;
    private long lastSign = System.nanoTime();

    InstallerOutput(PackageIndex index, Consumer<String> log) {
        this.index = index;
        this.log = log;
    }

    @Override
    public synchronized void accept(String printed) {
        var line = index.masked(printed);
        tail.add(line);
        if (line.startsWith("ERROR")) {
            error = line;
        } else if (RAISED.matcher(line.strip()).matches()) {
            raised = line.strip();
        }
        if (line.startsWith(INSTALLED)) {
            log.accept("installed " + line.substring(INSTALLED.length()).split(" ").length + " packages");
        } else if (!line.isBlank() && System.nanoTime() - lastSign > SIGN_OF_LIFE.toNanos()) {
            lastSign = System.nanoTime();
            var sign = line.strip();
            log.accept("… " + (sign.length() > LONGEST_SIGN ? sign.substring(0, LONGEST_SIGN) + " …" : sign));
        }
    }

    /** The line that says best why it failed. */
    synchronized String reason() {
        if (raised != null) {
            return raised;
        }
        return error == null ? tail.last() : error;
    }

    String tail() {
        return tail.toString();
    }
}
