// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.kit.rows.ParquetRows;
import dev.assay.training.datum.Sample;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is written here is read by another's hand. */
class ParquetRowsTests {

    private static byte[] written(Format format, List<ObjectNode> rows) throws IOException {
        var out = new ByteArrayOutputStream();
        var parquet = new ParquetRows(Columns.of(format), out);
        for (var row : rows) {
            parquet.row(row);
        }
        parquet.end();
        return out.toByteArray();
    }

    private static ParquetFileReader read(byte[] file) throws IOException {
        return ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(file)));
    }

    private static List<ObjectNode> verl(List<Sample> samples) throws LeftOutException {
        return TokenRows.of(Format.VERL, Recorded.member(), samples);
    }

    @Test
    void sequencesAreListsOfNumbersAndWhereTheyComeFromIsAStruct() throws Exception {
        var rows = verl(Recorded.SAMPLES);
        try (var file = read(written(Format.VERL, rows)); var reader = file.rowReader()) {
            reader.next();
            assertThat(reader.getList("prompt_ids").ints().toArray()).containsExactly(1, 2);
            assertThat(reader.getList("response_ids").ints().toArray()).containsExactly(3, 4, 5, 6);
            assertThat(reader.getList("response_mask").ints().toArray()).containsExactly(1, 1, 0, 1);
            assertThat(reader.getList("response_logprobs").floats()).containsExactly(-0.5f, -0.25f, 0f, -1f);
            assertThat(reader.getDouble("reward_score")).isEqualTo(1.0);
            assertThat(reader.getInt("num_turns")).isEqualTo(rows.getFirst().get("num_turns").intValue());
            var from = reader.getStruct("extra_fields");
            for (var member : rows.getFirst().get("extra_fields").properties()) {
                var told = member.getValue();
                assertThat(from.isNull(member.getKey())).as(member.getKey()).isEqualTo(told.isNull());
                if (told.isString()) {
                    assertThat(from.getString(member.getKey())).as(member.getKey()).isEqualTo(told.stringValue());
                }
            }
            assertThat(from.getDouble("advantage")).isEqualTo(0.5);
            assertThat(from.getInt("group")).isZero();
            assertThat(reader.hasNext()).isFalse();
        }
    }

    @Test
    void whatIsNotKnownIsNullAndOtherAlphabetsAreKept() throws Exception {
        var row = JsonNodeFactory.instance.objectNode().put("run_id", "Ω 漢字").putNull("reward").put("attempt", 2);
        try (var file = read(written(Format.RUNS, List.of(row, row.deepCopy().put("reward", 0.25)))); var reader = file.rowReader()) {
            reader.next();
            assertThat(reader.getString("run_id")).isEqualTo("Ω 漢字");
            assertThat(reader.isNull("reward")).isTrue();
            assertThat(reader.isNull("model")).as("absent").isTrue();
            assertThat(reader.getInt("attempt")).isEqualTo(2);
            reader.next();
            assertThat(reader.getDouble("reward")).isEqualTo(0.25);
        }
    }

    @Test
    void manyRowsAreWrittenSomeAtATime() throws Exception {
        var output = IntStream.range(0, 1000).toArray();
        var logprobs = new float[1000];
        Arrays.fill(logprobs, -0.125f);
        var row = verl(List.of(new Sample(List.of(), output, logprobs))).getFirst();
        var file = written(Format.VERL, IntStream.range(0, 1500).mapToObj(number -> row.deepCopy().put("num_turns", number)).toList());
        try (var read = read(file); var reader = read.rowReader()) {
            assertThat(read.getFileMetaData().rowGroups()).hasSizeGreaterThan(1);
            for (int number = 0; number < 1500; number++) {
                reader.next();
                assertThat(reader.getInt("num_turns")).isEqualTo(number);
                assertThat(reader.getList("response_ids").ints().toArray()).hasSize(999).endsWith(998, 999);
            }
            assertThat(reader.hasNext()).isFalse();
        }
    }

    @Test
    void noRowsAreAFileWithoutAny() throws Exception {
        try (var file = read(written(Format.RUNS, List.of())); var reader = file.rowReader()) {
            assertThat(reader.hasNext()).isFalse();
        }
    }
}
