// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTests {

    @TempDir
    Path folder;

    @Test
    void whatWasAppendedIsThereAfterARestartInOrder() throws Exception {
        Files.writeString(folder.resolve("0000000000000000007.event"), "k0\nas files were once");
        var spool = spool();
        append(spool, "k1", "{\"n\": 1}\n");
        append(spool, "k2", "two", "", "and three");

        var again = spool();
        append(again, "k3", "four");

        assertThat(contents(again)).containsExactly("k0 as files were once", "k1 {\"n\": 1}\n", "k2 two", "k2 ", "k2 and three", "k3 four");
        assertThat(again.bytes()).isEqualTo(sizes());
    }

    @Test
    void whatManyAppendAtOnceIsThereOnce() throws Exception {
        var spool = spool();
        try (var appending = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var number = 0; number < 500; number++) {
                var key = "k" + number;
                appending.submit(() -> {
                    append(spool, key, "x".repeat(20_000));
                    return null;
                });
            }
        }

        assertThat(contents(spool)).hasSize(500).doesNotHaveDuplicates();
        assertThat(spool.size()).as("files that were synced").isLessThan(500);
        assertThat(spool.bytes()).isEqualTo(sizes());
    }

    @Test
    void whatWouldBeTooMuchIsRefusedUntilSomethingIsGone() throws Exception {
        var spool = new Spool(folder, 100);
        append(spool, "k1", "x".repeat(60));

        assertThatThrownBy(() -> append(spool, "k2", "y".repeat(60))).isInstanceOf(IOException.class).hasMessageContaining("100 bytes");
        append(spool, "k3", "z");
        spool.remove(spool.files().getFirst());
        append(spool, "k4", "y".repeat(60));

        assertThat(contents(spool)).containsExactly("k3 z", "k4 " + "y".repeat(60));
    }

    @Test
    void twoProcessesShareAFolderAndNeitherHarmsTheOther() throws Exception {
        var one = spool();
        var other = spool();

        append(one, "k1", "one");
        append(other, "k2", "other");
        var files = one.files();
        other.remove(files.getFirst());
        one.remove(files.getFirst());

        assertThat(files).hasSize(2);
        assertThat(one.read(files.getFirst())).isEmpty();
        assertThat(one.files()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half of a key", "k1 5\nwhol", "k1 x\nwhole", "k1 -1\n", "k1 5\nwholek2 3\nno"})
    void whatCannotBeReadIsSetAsideAndCounted(String content) throws Exception {
        Files.writeString(folder.resolve("0000000000000000001.event"), content);
        var spool = spool();
        var file = spool.files().getFirst();

        assertThatThrownBy(() -> spool.read(file)).isInstanceOf(StreamCorruptedException.class);
        spool.setAside(file);

        assertThat(spool.size()).isZero();
        assertThat(spool.aside()).isEqualTo(1);
        assertThat(spool.bytes()).isZero();
    }

    private Spool spool() throws IOException {
        return new Spool(folder, Long.MAX_VALUE);
    }

    private static void append(Spool spool, String key, String... values) throws IOException {
        spool.append(Arrays.stream(values).map(value -> new Spool.Entry(key, value.getBytes(UTF_8))).toList());
    }

    private static List<String> contents(Spool spool) throws IOException {
        var contents = new ArrayList<String>();
        for (var file : spool.files()) {
            spool.read(file).forEach(entry -> contents.add(entry.key() + " " + new String(entry.value(), UTF_8)));
        }
        return contents;
    }

    private long sizes() throws IOException {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
