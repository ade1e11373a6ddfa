// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatumFileTests {

    private static final Datum TEXT = new Datum(
            0, List.of(new Chunk.Text(1, 2, 300_000)), new int[] {2, 300_000, 7}, new float[] {0, 0, 1}, new float[] {0, 0, -0.25f});
    private static final Datum PICTURE = new Datum(
            3,
            List.of(new Chunk.Text(1), new Chunk.Image("iVBORw0KGgo=", "png", 2)),
            new int[] {0, 0, 9},
            new float[] {0, 0, 1},
            new float[] {0, 0, -1.5f});

    private static byte[] file(Datum... datums) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var writer = new DatumFile.Writer(bytes)) {
            for (var datum : datums) {
                writer.write(datum);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void whatIsWrittenIsReadToTheLastBit() throws IOException {
        try (var reader = new DatumFile.Reader(new ByteArrayInputStream(file(TEXT, PICTURE)))) {
            assertThat(reader.next()).usingRecursiveComparison().isEqualTo(TEXT);
            assertThat(reader.next()).usingRecursiveComparison().isEqualTo(PICTURE);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void aFileThatWasCutIsNotTakenForAShorterOne() throws IOException {
        var whole = file(TEXT);
        try (var reader = new DatumFile.Reader(new ByteArrayInputStream(Arrays.copyOf(whole, whole.length - 4)))) {
            reader.next();
            assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
        }
    }
}
