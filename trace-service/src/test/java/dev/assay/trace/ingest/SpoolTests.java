// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTests {

    @TempDir
    Path folder;

    @Test
    void whatWasAppendedIsThereAfterARestartInOrder() throws Exception {
        var spool = new Spool(folder);
        spool.append("k1", "{\"n\": 1}\n");
        spool.append("k2", "two");
        Files.createFile(folder.resolve("0000000000000000009.part"));

        var again = new Spool(folder);
        again.append("k3", "three");

        var entries = again.files().stream().map(file -> read(again, file)).toList();
        assertThat(entries).extracting(Spool.Entry::key).containsExactly("k1", "k2", "k3");
        assertThat(entries).extracting(Spool.Entry::event).containsExactly("{\"n\": 1}\n", "two", "three");
        assertThat(folder.resolve("0000000000000000009.part")).doesNotExist();
    }

    @Test
    void whatWasRemovedIsGone() throws Exception {
        var spool = new Spool(folder);
        spool.append("k", "e");

        spool.remove(spool.files().getFirst());

        assertThat(spool.size()).isZero();
    }

    private static Spool.Entry read(Spool spool, Path file) {
        try {
            return spool.read(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
