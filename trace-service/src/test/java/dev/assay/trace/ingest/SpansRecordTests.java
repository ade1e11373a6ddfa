// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.kit.blob.BlobStore;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpansRecordTests {

    private static final Instant ARRIVAL = Instant.parse("2026-11-26T00:00:00Z");

    private final RunId run = new RunId(UUID.randomUUID());
    private final SpansReceived upload = new SpansReceived(run, TeamId.random(), 3, ARRIVAL, List.of());
    private final List<String> away = new ArrayList<>();

    @TempDir
    Path folder;

    @Test
    void aRecordIsReadAsItWasWritten() throws Exception {
        var records = records(span("a", "ü\n".repeat(10)), span("b", ""));

        var read = SpansRecord.decode(records.getFirst());

        assertThat(records).hasSize(1);
        assertThat(read.upload().run()).isEqualTo(run);
        assertThat(read.upload().attempt()).isEqualTo(3);
        assertThat(read.upload().receivedAt()).isEqualTo(ARRIVAL);
        assertThat(read.entries()).extracting(SpansRecord.Entry::head).isEqualTo(heads(span("a", "ü\n".repeat(10)), span("b", "")));
        assertThat(read.entries()).extracting(entry -> UTF_8.decode(entry.body()).toString())
                .containsExactly(span("a", "ü\n".repeat(10)), span("b", ""));
    }

    /** As releases before this one wrote and read it. */
    @Test
    void theLineIsWhatAnyMapperMakesOfItAndReads() {
        var some = new SpanHead("é\"\\", "a\nb", null, null, ARRIVAL.plusNanos(123_456_000), ARRIVAL, null, false, 7, "abc");
        var more = new SpanHead("b", "step.tool", "hud.step.v1", -3, ARRIVAL, ARRIVAL.plusNanos(1), "bash", true, 0, null);
        var whole = new SpansReceived(run, upload.team(), null, ARRIVAL, List.of(some, more));

        assertThat(Json.MAPPER.readValue(RecordLine.write(whole), SpansReceived.class)).isEqualTo(whole);
        var mapped = Json.MAPPER.writeValueAsBytes(whole);
        assertThat(RecordLine.read(mapped, mapped.length)).isEqualTo(whole);
        assertThat(RecordLine.write(whole)).doesNotContain('\n');
    }

    @Test
    void noRecordIsLargerThanABrokerTakesHoweverLargeTheUpload() throws Exception {
        var many = IntStream.range(0, 5_000).mapToObj(i -> span("s" + i, "я".repeat(i % 30_000))).toArray(String[]::new);

        var records = records(many);

        assertThat(records).hasSizeGreaterThan(10).allMatch(record -> record.length < 1024 * 1024 - 1024);
        assertThat(records.stream().flatMap(record -> SpansRecord.decode(record).entries().stream()).map(SpansRecord.Entry::head))
                .isEqualTo(heads(many));
    }

    @Test
    void manySmallSpansAreNotLargerForWhatIsKnownOfThem() throws Exception {
        var many = IntStream.range(0, 20_000)
                .mapToObj(i -> "{\"span_id\": \"" + "\u00e9".repeat(190) + i + "\", \"name\": \"" + "\u00e9".repeat(300) + "\"}")
                .toArray(String[]::new);

        assertThat(records(many)).allMatch(record -> record.length < 1024 * 1024 - 1024);
    }

    @Test
    void fiftyMegabytesOfCyrillicGoByReference() throws Exception {
        var large = span("a", "я".repeat(26 * 1024 * 1024));

        var records = records(span("b", ""), large);

        assertThat(records).hasSize(1);
        assertThat(records.getFirst().length).isLessThan(1000);
        var entry = SpansRecord.decode(records.getFirst()).entries().getLast();
        assertThat(entry.body()).isNull();
        assertThat(entry.head().blob()).isEqualTo(away.getFirst());
        assertThat(entry.head().size()).isEqualTo(large.getBytes(UTF_8).length);
    }

    @Test
    void whatIsNoRecordIsToldFromOne() throws Exception {
        var record = records(span("a", "x")).getFirst();

        for (var broken : List.of(
                Arrays.copyOf(record, record.length - 1), Arrays.copyOf(record, record.length + 1), "no JSON at all".getBytes(UTF_8), new byte[0])) {
            assertThatThrownBy(() -> SpansRecord.decode(broken)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void arrivalIsOneNumber() {
        assertThat(SpansRecord.seq(0, 0)).isZero();
        assertThat(SpansRecord.seq(1, 0)).isGreaterThan(SpansRecord.seq(0, SpansRecord.MOST_SPANS - 1));
        assertThat(SpansRecord.seq(100_000_000_000L, 0)).as("what a browser takes as a whole number").isLessThan(1L << 53);
    }

    private static String span(String id, String text) {
        return "{\"span_id\": \"" + id + "\", \"text\": \"" + text.replace("\n", "\\n") + "\"}";
    }

    private static List<SpanScan.Taken> scanned(String... spans) {
        var body = Arrays.stream(spans).collect(Collectors.joining(",", "{\"telemetry\": [", "]}"));
        return SpanScan.of(body.getBytes(UTF_8), "x", ARRIVAL).spans();
    }

    private static List<SpansReceived.SpanHead> heads(String... spans) {
        return scanned(spans).stream().map(SpanScan.Taken::head).toList();
    }

    private List<byte[]> records(String... spans) throws Exception {
        return SpansRecord.of(upload, scanned(spans), this::away);
    }

    private String away(ByteBuffer body) throws java.io.IOException {
        var bytes = new ByteArrayInputStream(body.array(), body.arrayOffset(), body.remaining());
        away.add(BlobStore.below(folder).at("blobs").put(bytes, Long.MAX_VALUE).sha256());
        return away.getLast();
    }
}
