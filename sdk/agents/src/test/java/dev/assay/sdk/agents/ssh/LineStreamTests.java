// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LineStreamTests {

    private final List<String> taken = new ArrayList<>();
    private final CompletableFuture<Void> enough = new CompletableFuture<>();
    private final LineStream stream = new LineStream(taken::add, enough);

    @Test
    void linesAreHandedOnAsTheyComeAndTheLastOneWithoutItsEnd() {
        write("one\ntw");
        assertThat(taken).containsExactly("one");
        write("o\n\nthree");
        stream.end();
        assertThat(taken).containsExactly("one", "two", "", "three");
        assertThat(stream.failure()).isNull();
    }

    @Test
    void aLineWithoutAnEndIsNotHeldAndEndsTheTaking() {
        var part = new byte[1 << 20];
        int parts = 0;
        while (!enough.isDone() && parts < 64) {
            stream.write(part, 0, part.length);
            parts++;
        }
        assertThat(parts).isEqualTo(9);
        assertThat(stream.failure()).hasMessage("a line of more than 8388608 bytes");
        write("\nanother\n");
        stream.end();
        assertThat(taken).isEmpty();
    }

    private void write(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
    }
}
