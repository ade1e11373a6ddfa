// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.sdk.environment.Environment;
import dev.assay.sdk.protocol.Capability;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.GZIPOutputStream;

/** A real environment, served by a process of its own, with templates that fail in all the ways that environments do. */
public final class TestEnvironment {

    private TestEnvironment() {}

    public static void main(String[] arguments) throws Exception {
        if (System.getenv("FAIL_TO_START") != null) {
            throw new IllegalStateException("no licence for this machine");
        }
        if (System.getenv("NEVER_SERVE") != null) {
            Thread.sleep(600_000);
        }
        if (System.getenv("ANSWERS") != null) {
            answerOnly(System.getenv("ANSWERS"), List.of(arguments));
        }
        var environment = Environment.named("testing");
        if (System.getenv("OFFER_SCREEN") != null) {
            environment.capability(new Capability("screen", "rfb/3.8", "rfb://127.0.0.1:1"));
        }
        environment
                .template("count", (none, agent) -> agent.ask("How many?").text().equals("3") ? 1.0 : 0.0)
                .template("badstart", (none, agent) -> {
                    throw new IllegalStateException("nothing to start with");
                })
                .template("badgrade", (none, agent) -> {
                    agent.ask("Say anything.");
                    throw new IllegalStateException("lost the answer sheet");
                })
                .template("nan", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Double.NaN;
                })
                .template("yes", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Map.of("score", true);
                })
                .template("billion", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Map.of("score", 1e9);
                })
                .template("floods", (none, agent) -> {
                    for (var times = 0; times < 200; times++) {
                        System.out.println("x".repeat(100_000));
                        System.err.print("y".repeat(100_000)); // one line of twenty megabytes
                    }
                    agent.ask("Say anything.");
                    return 1.0;
                })
                .template("forks", (none, agent) -> {
                    agent.ask("Say anything.");
                    for (var many = 0; many < 1000; many++) { // where nothing holds it, this must do
                        new ProcessBuilder("sleep", "600").start();
                    }
                    return 1.0;
                })
                .template("halt", (none, agent) -> {
                    agent.ask("Say anything.");
                    System.out.println("disk full, giving up");
                    Runtime.getRuntime().halt(1);
                    return 0.0;
                })
                .template("slowgrade", (none, agent) -> {
                    agent.ask("Say anything.");
                    Thread.sleep(600_000);
                    return 1.0;
                })
                .template("refuses", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Map.of("score", 0.5, "isError", true, "content", "the checker is broken");
                })
                .template("parts", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Map.of("score", 0.5, "subscores", List.of(Map.of("name", "a", "value", 0.5, "info", Map.of("why", "half"))));
                })
                .template("wrongparts", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Map.of("score", 0.5, "subscores", List.of(Map.of("name", "a", "value", 7)));
                })
                .template("dies", (none, agent) -> {
                    Thread.ofPlatform().start(() -> {
                        try {
                            ask(System.getenv("HUD_GATEWAY_URL") + "/chat/completions", "{\"messages\": []}");
                        } catch (Exception e) {
                            // as well now
                        }
                        Runtime.getRuntime().halt(1);
                    });
                    agent.ask("Say anything.");
                    return 1.0;
                })
                .template("judged", (none, agent) -> {
                    agent.ask("Say anything.");
                    var reply = ask(System.getenv("HUD_GATEWAY_URL") + "/chat/completions", "{\"messages\": []}");
                    return reply.contains("\"content\":\"3\"") ? 1.0 : 0.0;
                })
                .template("keyless", (none, agent) -> {
                    agent.ask("Say anything.");
                    return System.getenv().keySet().stream().anyMatch(name -> name.startsWith("HUD_API")) ? 0.0 : 1.0;
                })
                .template("curious", (none, agent) -> {
                    agent.ask("Say anything.");
                    return Map.of("score", 0.0, "content", ask(System.getenv("HUD_API_URL") + "/internal/leases", "{}"));
                })
                .template("verify", (none, agent) -> agent.ask("").json().path("score").asDouble() / 2)
                .serve(arguments);
    }

    /** Serves, but no environment: whoever comes hears this and nothing else. */
    private static void answerOnly(String text, List<String> arguments) throws Exception {
        var port = arguments.contains("--port") ? Integer.parseInt(arguments.get(arguments.indexOf("--port") + 1)) : 0;
        try (var server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            System.out.println("HUD_SERVE_PORT=" + server.getLocalPort());
            while (true) {
                var caller = server.accept();
                caller.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** As the client's own judges ask. */
    private static String ask(String url, String body) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .header("Authorization", "Bearer " + System.getenv("HUD_API_KEY"))
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    /** The context as a user deploys it: a jar that holds all it needs, and the file that bears the name. */
    static byte[] context() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("env.py", "Environment('testing')".getBytes(StandardCharsets.UTF_8));
        files.put("testing.jar", jar());
        return tarGz(files);
    }

    static byte[] tarGz(Map<String, byte[]> files) throws IOException {
        var folder = Files.createTempDirectory("context");
        for (var file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        var archive = Files.createTempFile("context", ".tar");
        try {
            new ProcessBuilder("tar", "-C", folder.toString(), "-cf", archive.toString(), ".").inheritIO().start().waitFor();
            var bytes = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(bytes)) {
                Files.copy(archive, gzip);
            }
            return bytes.toByteArray();
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            Files.delete(archive);
        }
    }

    private static byte[] jar() throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, TestEnvironment.class.getName());
        var bytes = new ByteArrayOutputStream();
        Set<String> written = new HashSet<>(Set.of("META-INF/MANIFEST.MF"));
        try (var out = new JarOutputStream(bytes, manifest)) {
            for (var entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")).split(":")) {
                var path = Path.of(entry);
                if (Files.isDirectory(path)) {
                    addFolder(out, path, written);
                } else if (path.getFileName().toString().matches("(assay|jackson|slf4j-api|jspecify).*\\.jar")) {
                    addJar(out, path, written);
                }
            }
        }
        return bytes.toByteArray();
    }

    private static void addFolder(JarOutputStream out, Path folder, Set<String> written) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                try (var content = Files.newInputStream(file)) {
                    add(out, folder.relativize(file).toString(), content, written);
                }
            }
        }
    }

    private static void addJar(JarOutputStream out, Path path, Set<String> written) throws IOException {
        try (var jar = new JarFile(path.toFile())) {
            for (var entry : jar.stream().filter(one -> !one.isDirectory()).toList()) {
                try (var content = jar.getInputStream(entry)) {
                    add(out, entry.getName(), content, written);
                }
            }
        }
    }

    private static void add(JarOutputStream out, String name, InputStream content, Set<String> written) throws IOException {
        if (written.add(name)) {
            out.putNextEntry(new JarEntry(name));
            content.transferTo(out);
        }
    }
}
