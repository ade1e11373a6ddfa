// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.process.FakePythonContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Docker engine of whoever runs the tests. Nothing is pulled. */
public final class TestEngine {

    static final String SOCKET = "/var/run/docker.sock";
    private static final String BASE = "python:3.11-slim";
    private static final String FAKE = "assay-test/fake-environment";

    private TestEngine() {}

    /** For tests' conditions. */
    public static boolean answers() {
        if (!Files.exists(Path.of(SOCKET))) {
            return false;
        }
        try (var engine = new Engine("unix://" + SOCKET)) {
            engine.images().find(BASE);
            return true;
        } catch (EngineException e) {
            return false;
        }
    }

    /** The environment of the tests, with a folder that it wants kept as a volume. It stays, for the next time. */
    static String fake() throws IOException, InterruptedException {
        var context = Files.createTempDirectory("image");
        Files.writeString(context.resolve("serve.py"), FakePythonContext.SERVER);
        Files.writeString(context.resolve("Dockerfile"), """
                FROM %s
                COPY serve.py /serve.py
                VOLUME /kept
                CMD ["python3", "/serve.py", "--port", "8765"]
                """.formatted(BASE));
        docker("build", "--quiet", "--tag", FAKE, context.toString());
        return FAKE;
    }

    /** The same with more lines to its recipe. */
    static String fakeWith(String name, String lines) throws IOException, InterruptedException {
        var context = Files.createTempDirectory("image");
        Files.writeString(context.resolve("Dockerfile"), "FROM " + FAKE + "\n" + lines + "\n");
        docker("build", "--quiet", "--tag", "assay-test/" + name, context.toString());
        return "assay-test/" + name;
    }

    static String docker(String... arguments) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("docker"));
        line.addAll(List.of(arguments));
        var builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("DOCKER_BUILDKIT", "0"); // every engine has that one
        builder.environment().put("DOCKER_HOST", "unix://" + SOCKET);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("docker " + List.of(arguments) + ": " + said);
        }
        return said;
    }
}
