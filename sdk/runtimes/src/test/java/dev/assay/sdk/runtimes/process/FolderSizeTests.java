// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSizeTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Root without its rights over files is to them what a worker is that is not root. */
    private static final List<String> DU = Workshop.ownUser() == 0
            ? List.of(Tools.require("setpriv"), "--inh-caps=-all", "--bounding-set=-all", "--", Tools.require("du"))
            : List.of(Tools.require("du"));

    private final FolderSize size = new FolderSize(DU, 100, MINUTE);

    @TempDir
    Path folder;

    @Test
    void countsBlocksOfAllThatHasAName() throws Exception {
        Files.write(Files.createDirectory(folder.resolve("a\nb")).resolve("c"), new byte[3 << 20]);
        assertThat(size.of(folder)).isBetween(3L << 20, (3L << 20) + 100_000);
    }

    @Test
    void whatIsHiddenIsNotNothing() throws Exception {
        var hidden = Files.createDirectory(folder.resolve("hidden"));
        Files.write(hidden.resolve("large"), new byte[1 << 20]);
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("---------"));
        try {
            assertThatExceptionOfType(FolderSize.Immeasurable.class)
                    .isThrownBy(() -> size.of(folder))
                    .withMessageContainingAll("has files that cannot be measured", "hidden", "Permission denied");
        } finally {
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void emptyFilesAreTooManyAtSomeNumber() throws Exception {
        fill(99);
        assertThat(size.of(folder)).isPositive();
        fill(100);
        assertThatExceptionOfType(FolderSize.Immeasurable.class)
                .isThrownBy(() -> size.of(folder))
                .withMessage("has more than 100 files: too many files to measure");
    }

    @Test
    void measuringEndsAtItsDeadline() {
        assertThatExceptionOfType(FolderSize.Immeasurable.class)
                .isThrownBy(() -> new FolderSize(List.of("/bin/sh", "-c", "exec cat /dev/zero"), 100, Duration.ofMillis(50)).of(folder))
                .withMessage("has too many files to measure");
    }

    @Test
    void nothingIsHeldByAFolderThatIsGone() throws Exception {
        assertThat(size.of(folder.resolve("gone"))).isZero();
    }

    @Test
    void theReserveIsAPartOfASmallDisk() {
        assertThat(DiskWatch.reserve(10L << 30)).isEqualTo((10L << 30) / 50);
        assertThat(DiskWatch.reserve(1L << 40)).isEqualTo(1L << 30);
    }

    private void fill(int files) throws IOException {
        for (int i = 0; i < files; i++) {
            Files.write(folder.resolve(Integer.toString(i)), new byte[0]);
        }
    }
}
