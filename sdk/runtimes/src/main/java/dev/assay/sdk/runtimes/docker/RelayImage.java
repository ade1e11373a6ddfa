// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The image of relays: this machine's own shell and socat with the libraries that they load, and nothing else. No registry is asked. */
final class RelayImage {

    private static final String REPOSITORY = "assay-relay";
    private static final Pattern LOADED = Pattern.compile("(?:=> |^\\s*)(/\\S+) \\(0x");

    private static final String RECIPE = """
            FROM scratch
            COPY root /
            """;

    private final Engine engine;
    private String tag = "";

    RelayImage(Engine engine) {
        this.engine = engine;
    }

    /** Why it cannot be made here; empty if it can. */
    static Optional<String> refusal() {
        return Stream.of("socat", "ldd")
                .filter(tool -> find(tool).isEmpty())
                .findFirst()
                .map(tool -> "'" + tool + "' is not installed, which the network of containers is made with");
    }

    /** Its name; made at the first call, and again if somebody has cleared it away. */
    synchronized String name() throws EngineException, IOException, InterruptedException {
        if (tag.isEmpty() || !isThere()) {
            var files = files();
            tag = digest(files);
            if (!isThere()) {
                engine.images().build(new EngineImages.Build(
                        REPOSITORY + ":" + tag, new ByteArrayInputStream(files), "none", "Dockerfile", Map.of(), Map.of(), false, 0,
                        EngineAnswer.FOREVER), line -> {});
            }
        }
        return REPOSITORY + ":" + tag;
    }

    private boolean isThere() throws EngineException {
        try {
            engine.images().find(REPOSITORY + ":" + tag);
            return true;
        } catch (EngineException e) {
            if (e.isMissing()) {
                return false;
            }
            throw e;
        }
    }

    /** The same bytes for the same programs. */
    private static byte[] files() throws IOException, InterruptedException {
        var files = new TreeMap<String, Path>();
        for (var program : List.of(Path.of("/bin/sh"), find("socat").orElseThrow(() -> new IOException("'socat' is not installed")))) {
            files.put(program.getFileName().toString().equals("sh") ? "/bin/sh" : "/usr/bin/socat", program.toRealPath());
            for (var library : libraries(program)) {
                files.put(library, Path.of(library).toRealPath());
            }
        }
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            add(tar, "Dockerfile", RECIPE.getBytes(StandardCharsets.UTF_8));
            for (var file : files.entrySet()) {
                var entry = new TarArchiveEntry("root" + file.getKey());
                entry.setSize(Files.size(file.getValue()));
                entry.setMode(0755);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                Files.copy(file.getValue(), tar);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static List<String> libraries(Path program) throws IOException, InterruptedException {
        var process = new ProcessBuilder(find("ldd").orElseThrow(() -> new IOException("'ldd' is not installed")).toString(), program.toString())
                .redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines()
                .map(LOADED::matcher)
                .filter(Matcher::find)
                .map(match -> match.group(1))
                .toList();
    }

    private static Optional<Path> find(String tool) {
        return Stream.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String digest(byte[] files) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(files)).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
