// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTests {

    @TempDir
    Path folder;

    @Test
    void aDiskThatTakesNoFileShutsNobodyOutOnceItDoes() throws IOException {
        var gone = folder.resolve("later");
        var spool = new Spool(gone, 2, "busy");
        for (var turn = 0; turn < 5; turn++) {
            assertThatThrownBy(() -> spool.use(file -> file)).isInstanceOf(NoSuchFileException.class);
        }
        Files.createDirectory(gone);
        assertThat(spool.<Boolean>use(Files::exists)).isTrue();
    }

    @Test
    void aFileThatIsGoneAlreadyOrWhoseWorkFailsMakesRoomForTheNext() throws IOException {
        var spool = new Spool(folder, 1, "busy");
        for (var turn = 0; turn < 3; turn++) {
            spool.use(file -> {
                Files.delete(file);
                return file;
            });
            assertThatThrownBy(() -> spool.use(file -> {
                throw new IOException("broken");
            })).hasMessage("broken");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whoComesWhenThereAreAsManyAsMayBeIsToldSo() throws IOException {
        var spool = new Spool(folder, 1, "busy");
        assertThat(spool.<Boolean>use(first -> {
            assertThatThrownBy(() -> spool.use(second -> second)).isInstanceOf(Problem.class).hasMessageContaining("busy");
            return true;
        })).isTrue();
    }
}
