// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundedStreamTests {

    private final BoundedStream stream = new BoundedStream(4);

    @Test
    void keepsEverythingUpToItsBound() {
        write("abc", "def", "gh");

        assertThat(text()).isEqualTo("abcdefgh");
        assertThat(stream.complete()).isTrue();
    }

    @Test
    void keepsTheFirstAndTheLastBytesBeyondIt() {
        write("abcdef", "ghijklmnop", "q");

        assertThat(text()).isEqualTo("abcd[truncated]nopq");
        assertThat(stream.complete()).isFalse();
    }

    private void write(String... parts) {
        for (var part : parts) {
            stream.write(part.getBytes(StandardCharsets.US_ASCII), 0, part.length());
        }
    }

    private String text() {
        return new String(stream.bytes(), StandardCharsets.US_ASCII);
    }
}
