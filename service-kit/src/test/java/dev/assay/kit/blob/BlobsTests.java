// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds wherever blobs are. */
abstract class BlobsTests {

    private static final String A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant NEVER = Instant.parse("2100-01-01T00:00:00Z");

    /** Where files are written until they are whole. */
    @TempDir
    Path folder;

    /** Of a place that nobody else uses. */
    abstract Blobs blobs();

    /** By the clock of whoever keeps them. */
    Instant now() {
        return Instant.now();
    }

    @Test
    void whatWasPutIsFoundByItsHash() throws IOException {
        var blobs = blobs();

        var blob = blobs.put(text("a"), 10);

        assertThat(blob).isEqualTo(new Blobs.Blob(A, 1));
        assertThat(blobs.put(text("a"), 10)).isEqualTo(blob);
        assertThat(read(blobs, A)).isEqualTo("a");
        var found = blobs.find(A).orElseThrow();
        assertThat(found.contentLength()).isEqualTo(1);
        assertThat(found.getContentAsString(UTF_8)).isEqualTo("a");
        assertThat(parts()).isZero();
    }

    @Test
    void nothingAndMegabytesAreBlobsToo() throws IOException {
        var blobs = blobs();
        var megabytes = "äöü\0".repeat(1_000_000);

        var nothing = blobs.put(text(""), 0);
        var large = blobs.put(text(megabytes), Long.MAX_VALUE);

        assertThat(read(blobs, nothing.sha256())).isEmpty();
        assertThat(read(blobs, large.sha256())).isEqualTo(megabytes);
        assertThat(large.size()).isEqualTo(7_000_000);
    }

    @Test
    void nothingIsKeptOfWhatIsTooLargeOrBreaksOff() throws IOException {
        var blobs = blobs();
        var breaksOff = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        };

        assertThatThrownBy(() -> blobs.put(text("ab"), 1)).isInstanceOf(Blobs.TooLarge.class);
        assertThatThrownBy(() -> blobs.put(breaksOff, 2)).hasMessage("gone");

        assertThat(parts()).isZero();
        for (var digits = 0; digits < 256; digits++) {
            assertThat(blobs.putBefore(NEVER, digits)).isEmpty();
        }
    }

    @Test
    void whatIsNotThereIsSaidNotToBeThere() throws IOException {
        var blobs = blobs();

        assertThat(blobs.find(A)).isEmpty();
        assertThatThrownBy(() -> blobs.open(A)).isInstanceOf(UncheckedIOException.class).hasCauseInstanceOf(NoSuchFileException.class);
        blobs.delete(A);
        blobs.deleteUnlessPutSince(A, NEVER);
        for (var name : new String[] {"", "a", "../../etc/passwd", A.toUpperCase(Locale.ROOT), A + "0", A.substring(1) + "/"}) {
            assertThatThrownBy(() -> blobs.find(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> blobs.delete(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatWasPutBeforeATimeIsListedByItsFirstDigits() throws IOException {
        var blobs = blobs();
        blobs.put(text("a"), 10);
        blobs.put(text("b"), 10);

        assertThat(blobs.putBefore(NEVER, 0xca)).containsExactly(A);
        assertThat(blobs.putBefore(LONG_AGO, 0xca)).isEmpty();
        assertThat(blobs.putBefore(NEVER, 0xcb)).isEmpty();
    }

    @Test
    void whatIsDeletedIsGoneUnlessItWasPutSince() throws IOException {
        var blobs = blobs();
        blobs.put(text("a"), 10);

        blobs.deleteUnlessPutSince(A, LONG_AGO);
        assertThat(read(blobs, A)).isEqualTo("a");
        blobs.deleteUnlessPutSince(A, NEVER);
        assertThat(blobs.find(A)).isEmpty();

        blobs.put(text("a"), 10);
        blobs.delete(A);
        assertThat(blobs.find(A)).isEmpty();
    }

    /** Each time somebody deletes it who knows nothing of the one who puts it. */
    @Test
    void whatIsPutWhileItIsDeletedIsThereAfterwards() throws Exception {
        var blobs = blobs();
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var time = 0; time < 50; time++) {
                var since = now();
                var deleting = both.submit(() -> {
                    blobs.deleteUnlessPutSince(A, since);
                    return null;
                });
                blobs.put(text("a"), 10);
                deleting.get();
                assertThat(read(blobs, A)).as("time %d", time).isEqualTo("a");
            }
        }
    }

    static String read(Blobs blobs, String sha256) throws IOException {
        try (var content = blobs.open(sha256)) {
            return new String(content.readAllBytes(), UTF_8);
        }
    }

    static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private long parts() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).count();
        }
    }
}
