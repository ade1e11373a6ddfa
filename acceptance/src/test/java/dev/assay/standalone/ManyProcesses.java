// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The platform with each service in a JVM of its own, from its own executable jar, as on machines of their own: what shares a process by
 * accident fails here. Postgres and Kafka are the standalone's, in this process. The folder to find the jars below is the argument.
 */
final class ManyProcesses {

    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration END = Duration.ofSeconds(15);
    private static final long LOOK_AGAIN_MILLIS = 200;

    private ManyProcesses() {}

    public static void main(String[] arguments) {
        var root = Path.of(arguments[0]);
        Standalone.run((room, known) -> launch(root, room, known));
    }

    private static AutoCloseable launch(Path root, Standalone.Room room, List<String> known) throws IOException {
        var jar = root.resolve(room.name()).resolve("target").resolve(room.name() + "-0.1.0-SNAPSHOT-app.jar");
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx300m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-jar", jar.toString()));
        known.stream().filter(argument -> !argument.equals("--spring.main.register-shutdown-hook=false")).forEach(command::add);
        var process = new ProcessBuilder(command).inheritIO().start();
        awaitReady(process, room.name(), port(known));
        return () -> end(process);
    }

    private static int port(List<String> known) {
        var setting = "--server.port=";
        return known.stream().filter(argument -> argument.startsWith(setting)).mapToInt(argument -> Integer.parseInt(argument.substring(setting.length())))
                .findFirst().orElseThrow();
    }

    private static void awaitReady(Process process, String name, int port) throws IOException {
        var readiness = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness")).timeout(END).build();
        var end = System.nanoTime() + START.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            while (!answers(http, readiness)) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException(name + " did not come up");
                }
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " was starting", e);
        }
    }

    private static boolean answers(HttpClient http, HttpRequest readiness) throws InterruptedException {
        try {
            return http.send(readiness, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
        }
    }
}
