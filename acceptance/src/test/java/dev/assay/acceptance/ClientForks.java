// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client is started hundreds of times, and nine tenths of a start are imports of other people's libraries: so one Python imports
 * those, and each start is a fork of it (see {@code forks.py}). Whoever sends the client signals starts it whole.
 */
final class ClientForks {

    private static final String SCRIPT = Repository.resource("forks.py").toString();
    private static @Nullable Path socket;

    private ClientForks() {}

    /** A command that does what the client's Python would do with this file. */
    static List<String> command(List<String> fileAndArguments) {
        return Stream.concat(Stream.of(Client.python(), "-I", "-S", SCRIPT, "run", socket().toString()), fileAndArguments.stream()).toList();
    }

    private static synchronized Path socket() {
        if (socket == null) {
            socket = serve();
        }
        return socket;
    }

    private static Path serve() {
        try {
            var folder = Files.createTempDirectory("assay-client"); // a short name: a socket's has at most a hundred letters
            var socket = folder.resolve("socket");
            folder.toFile().deleteOnExit();
            socket.toFile().deleteOnExit(); // before its folder
            var builder = new Hud().builder(List.of(Client.python(), SCRIPT, "serve", socket.toString()));
            // its input stays open for as long as this JVM lives
            var server = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            await().atMost(Duration.ofMinutes(3)).until(() -> !server.isAlive() || server.inputReader().ready());
            var said = server.inputReader().readLine();
            if (!"ready".equals(said)) {
                throw new IllegalStateException("the client's forks cannot be served: " + said);
            }
            return socket;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
