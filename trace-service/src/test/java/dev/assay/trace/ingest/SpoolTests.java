// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTests {

    @TempDir
    Path folder;

    @Test
    void whatWasAppendedIsThereAfterARestartInOrder() throws Exception {
        Files.writeString(folder.resolve("0000000000000000007.event"), "k0\nas names were once");
        var spool = new Spool(folder);
        spool.append("k1", "{\"n\": 1}\n".getBytes(UTF_8));
        spool.append("k2", "two".getBytes(UTF_8));

        var again = new Spool(folder);
        again.append("k3", "three".getBytes(UTF_8));

        assertThat(again.files()).extracting(file -> again.read(file).orElseThrow())
                .extracting(Spool.Entry::key)
                .containsExactly("k0", "k1", "k2", "k3");
        assertThat(again.files()).extracting(file -> new String(again.read(file).orElseThrow().value(), UTF_8))
                .containsExactly("as names were once", "{\"n\": 1}\n", "two", "three");
    }

    @Test
    void twoProcessesShareAFolderAndNeitherHarmsTheOther() throws Exception {
        var one = new Spool(folder);
        var other = new Spool(folder);

        one.append("k1", "one".getBytes(UTF_8));
        other.append("k2", "other".getBytes(UTF_8));
        var files = one.files();
        other.remove(files.getFirst());
        one.remove(files.getFirst());

        assertThat(files).hasSize(2);
        assertThat(one.read(files.getFirst())).isEmpty();
        assertThat(one.files()).hasSize(1);
    }

    @Test
    void whatCannotBeReadIsSetAsideAndCounted() throws Exception {
        var spool = new Spool(folder);
        Files.writeString(folder.resolve("0000000000000000001.event"), "half of a key");
        var file = spool.files().getFirst();

        assertThatThrownBy(() -> spool.read(file)).hasMessageContaining("key");
        spool.setAside(file);

        assertThat(spool.size()).isZero();
        assertThat(spool.aside()).isEqualTo(1);
    }
}
