// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.ControlServer;
import dev.assay.sdk.protocol.ServedEnvironment;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** An environment that is being served. */
public final class Serving implements AutoCloseable {

    private final ControlServer server;
    private final Runnable atEnd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Serving(ControlServer server, Runnable atEnd) {
        this.server = server;
        this.atEnd = atEnd;
    }

    static Serving on(ServedEnvironment environment, String host, int port, Runnable atEnd) throws IOException {
        return new Serving(ControlServer.bind(environment, host, port), atEnd);
    }

    public int port() {
        return server.port();
    }

    /** Cuts all connections, ends all tasks, then runs the shutdown hooks. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.close();
            atEnd.run();
        }
    }

    static void untilTerminated(Environment environment, String... args) throws Exception {
        var options = Options.of(args);
        var serving = environment.bind(options.host(), options.port());
        // The JVM itself turns SIGTERM into these hooks and the exit code 143.
        Runtime.getRuntime().addShutdownHook(new Thread(serving::close, "shutdown"));
        System.out.println("HUD_SERVE_PORT=" + serving.port());
        System.out.flush();
        new CountDownLatch(1).await();
    }

    private record Options(String host, int port) {

        static Options of(String... args) {
            var host = "127.0.0.1";
            var port = "0";
            for (int at = 0; at < args.length; at++) {
                var parts = args[at].split("=", 2);
                if (!parts[0].equals("--host") && !parts[0].equals("--port")) {
                    throw new IllegalArgumentException("unknown option " + args[at] + "; there are --host HOST and --port PORT");
                }
                if (parts.length == 1 && at + 1 == args.length) {
                    throw new IllegalArgumentException(args[at] + " needs a value");
                }
                var value = parts.length == 2 ? parts[1] : args[++at];
                if (parts[0].equals("--host")) {
                    host = value;
                } else {
                    port = value;
                }
            }
            return new Options(host, Integer.parseInt(port));
        }
    }
}
