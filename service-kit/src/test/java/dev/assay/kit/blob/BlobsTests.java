// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class BlobsTests {

    @TempDir
    private Path folder;

    @Test
    void whatWasPutIsFoundByItsHash() throws IOException {
        var blobs = new Blobs(folder);
        var blob = blobs.put(text("a"), 10);
        assertThat(blob.sha256()).isEqualTo("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
        assertThat(blob.size()).isEqualTo(1);
        assertThat(blobs.put(text("a"), 10)).isEqualTo(blob);
        try (var content = blobs.open(blob.sha256())) {
            assertThat(content.readAllBytes()).isEqualTo(new byte[] {'a'});
        }
        assertThat(parts()).isEmpty();
    }

    @Test
    void nothingIsKeptOfWhatIsTooLargeOrBreaksOff() {
        var blobs = new Blobs(folder);
        assertThatThrownBy(() -> blobs.put(text("abc"), 2)).isInstanceOf(Blobs.TooLarge.class);
        var breaksOff = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        };
        assertThatThrownBy(() -> blobs.put(breaksOff, 2)).hasMessage("gone");
        assertThat(parts()).isEmpty();
    }

    @Test
    void whatADeadProcessWasWritingIsClearedAwayAndWhatALivingOneWritesIsNot() throws IOException {
        var dead = Files.createFile(folder.resolve("incoming-1.part"));
        Files.setLastModifiedTime(dead, FileTime.from(Files.getLastModifiedTime(dead).toInstant().minus(Duration.ofDays(2))));
        var living = Files.createFile(folder.resolve("incoming-2.part"));

        new Blobs(folder).put(text("a"), 10);

        assertThat(parts()).containsExactly(living);
    }

    /** Seen from outside, by the calls that a process makes: the file's and both folders' content go to disk before it is told. */
    @Test
    @DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*strace.*", disabledReason = "no strace here")
    void theFoldersAreSyncedAfterTheFileHasItsName() throws Exception {
        var calls = Files.createTempFile("blobs-", ".strace");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        "strace", "-f", "-e", "trace=rename,renameat,renameat2,fsync,fdatasync,openat", "-o", calls.toString(),
                        java, "-cp", System.getProperty("java.class.path"), Put.class.getName(), folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var told = Files.readAllLines(calls);
        var renamed = told.indexOf(told.stream().filter(line -> line.contains("rename") && line.contains(".part")).findFirst().orElseThrow());
        assertThat(told.subList(0, renamed)).anyMatch(line -> line.contains("sync("));
        assertThat(told.subList(renamed, told.size()).stream().filter(line -> line.contains("sync("))).hasSize(2);
    }

    /** A process that puts one blob. */
    static final class Put {
        public static void main(String[] folder) throws IOException {
            new Blobs(Path.of(folder[0])).put(text("a"), 10);
        }
    }

    private List<Path> parts() {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
