// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

class FolderBlobsTests extends BlobsTests {

    @Override
    Blobs blobs() {
        return new FolderBlobs(folder);
    }

    @Test
    void whatADeadProcessWasWritingIsClearedAwayAndWhatALivingOneWritesIsNot() throws IOException {
        var dead = Files.createFile(folder.resolve("incoming-1.part"));
        Files.setLastModifiedTime(dead, FileTime.from(Files.getLastModifiedTime(dead).toInstant().minus(Duration.ofDays(2))));
        var living = Files.createFile(folder.resolve("incoming-2.part"));

        new FolderBlobs(folder).put(text("a"), 10);

        assertThat(partFiles()).containsExactly(living);
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
            new FolderBlobs(Path.of(folder[0])).put(text("a"), 10);
        }
    }

    private List<Path> partFiles() {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
