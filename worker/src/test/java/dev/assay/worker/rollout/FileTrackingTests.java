// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.protocol.FrameReader;
import dev.assay.sdk.protocol.FrameTooLargeException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FileTrackingTests {

    @Test
    void aLineWithoutEndIsNotReadToItsEnd() {
        var endless = new Endless();
        assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> FileTracking.reply(new FrameReader(endless), "diff"));
        assertThat(endless.read).isLessThan(20L << 20);
    }

    @Test
    void aReplyIsRead() throws Exception {
        var line = "{\"id\":1,\"result\":{\"files_changed\":2}}\n".getBytes(StandardCharsets.UTF_8);
        assertThat(FileTracking.reply(new FrameReader(new ByteArrayInputStream(line)), "diff").path("files_changed").asInt()).isEqualTo(2);
    }

    private static final class Endless extends InputStream {

        private long read;

        @Override
        public int read() {
            read++;
            return 'x';
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            Arrays.fill(buffer, offset, offset + length, (byte) 'x');
            read += length;
            return length;
        }
    }
}
