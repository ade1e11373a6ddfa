// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.testsupport.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptFilesTests {

    private static final int MOST = 100;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-28T12:00:00Z"));
    private KeptFiles files;

    @BeforeEach
    void open() throws IOException {
        files = new KeptFiles(folder, MOST, clock);
    }

    private void keep(String name, int size) throws IOException {
        var scratch = files.scratch();
        Files.write(scratch, new byte[size]);
        files.keep(name, scratch);
    }

    private void passes(Duration time) {
        clock.advance(time);
    }

    @Test
    void whatWasUsedLongestAgoMakesRoom() throws IOException {
        keep("first", 40);
        passes(Duration.ofMinutes(10));
        keep("second", 40);
        passes(Duration.ofMinutes(10));
        assertThat(files.find("first")).isNotNull();
        passes(Duration.ofMinutes(10));
        keep("third", 40);
        assertThat(files.find("second")).isNull();
        assertThat(files.find("first")).isNotNull();
        assertThat(files.find("third")).isNotNull();
    }

    @Test
    void whatIsInUseStaysThoughThereIsNoRoom() throws IOException {
        keep("first", 80);
        passes(KeptFiles.IN_USE.minusSeconds(1));
        keep("second", 80);
        assertThat(files.find("first")).isNotNull();
        passes(KeptFiles.IN_USE.plusSeconds(1));
        keep("third", 80);
        assertThat(files.find("first")).isNull();
        assertThat(files.find("second")).isNull();
    }

    @Test
    void itBeginsEmpty() throws IOException {
        keep("first", 10);
        Files.writeString(files.scratch(), "half of some");
        open();
        assertThat(folder).isEmptyDirectory();
    }
}
