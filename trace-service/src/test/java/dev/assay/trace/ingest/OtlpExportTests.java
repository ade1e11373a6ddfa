// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static dev.assay.trace.OtlpClient.attribute;
import static dev.assay.trace.OtlpClient.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.trace.OtlpClient;
import dev.assay.trace.ingest.SpanScan.Taken;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpExportTests {

    private static final String RUN = "5b8efff798038103d269b633813fc60c";

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<RunId, Queue<Integer>> taken = new ConcurrentHashMap<>();

    @AfterEach
    void stop() {
        executor.close();
    }

    @Test
    void manySpansAreHandedOnWhileTheOthersAreRead() {
        var spans = IntStream.range(1, 31)
                .mapToObj(id -> span(RUN, id, "x").addAttributes(attribute("x", "y".repeat(1024 * 1024))).build())
                .toArray(Span[]::new);

        var export = export(Long.MAX_VALUE, spans);

        assertThat(export.leftOut()).isZero();
        assertThat(taken.get(RunId.parse(RUN))).hasSize(8).allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(4));
    }

    @Test
    void moreRunsThanAreTakenAtOnceAreLeftOut() {
        var spans = IntStream.range(0, OtlpExport.MOST_RUNS + 5).mapToObj(OtlpExportTests::ofARunOfItsOwn).toArray(Span[]::new);

        var export = export(Long.MAX_VALUE, spans);

        assertThat(export.leftOut()).isEqualTo(5);
        assertThat(taken).hasSize(OtlpExport.MOST_RUNS);
        assertThat(export.answer().getPartialSuccess().getErrorMessage()).contains("spans[1000]: the spans before it are of 1000 runs");
    }

    @Test
    void aSpanThatIsTooLargeHoldsUpNoOther() {
        var large = span(RUN, 1, "x").addAttributes(attribute("x", "y".repeat(OtlpForm.LARGEST))).build();

        var export = export(Long.MAX_VALUE, large, span(RUN, 2, "y").build());

        assertThat(export.answer().getPartialSuccess().getErrorMessage()).isEqualTo(
                "resourceSpans[0].scopeSpans[0].spans[0]: is larger than 8388608 bytes");
        assertThat(taken.get(RunId.parse(RUN))).containsExactly(1);
    }

    /** None of them is written to find out that it does not fit: each would have its source in it. */
    @Test
    void whatComesBehindTheMostThatIsTakenIsPassedOver() {
        var spans = IntStream.range(1, 200).mapToObj(id -> span(RUN, id, "x").build()).toArray(Span[]::new);

        var export = export(100_000, List.of(attribute("x", "y".repeat(30_000))), spans);

        assertThat(export.leftOut()).isEqualTo(196);
        assertThat(export.answer().getPartialSuccess().getErrorMessage()).contains("spans[3]: the spans before it have become 9");
    }

    /** What was written of them counts all the same: else each would be written almost to its end. */
    @Test
    void spansThatFailWhileTheyAreWrittenAreSoonPassedOver() {
        var resource = List.of(attribute("x", "y".repeat(30_000)), attribute("k".repeat(50_001), ""));
        var spans = IntStream.range(1, 200).mapToObj(id -> span(RUN, id, "x").build()).toArray(Span[]::new);

        var export = export(100_000, resource, spans);

        assertThat(export.leftOut()).isEqualTo(199);
        assertThat(taken).isEmpty();
        assertThat(export.answer().getPartialSuccess().getErrorMessage())
                .contains("spans[0]: has a key of more than 50000 characters")
                .contains("and no more than 100000 are taken at once");
    }

    @Test
    void aSpanThatBecomesTooMuchJsonHoldsUpNoOther() {
        var growing = span(RUN, 1, "x").addAttributes(attribute("x", "\u0001".repeat(4 * 1024 * 1024))).build();

        var export = export(Long.MAX_VALUE, growing, span(RUN, 2, "y").build());

        assertThat(export.answer().getPartialSuccess().getErrorMessage()).isEqualTo(
                "resourceSpans[0].scopeSpans[0].spans[0]: becomes more than 16777216 bytes of JSON");
        assertThat(taken.get(RunId.parse(RUN))).containsExactly(1);
    }

    @Test
    void moreSpansOrGroupsThanAreTakenAtOnceCostLittle() {
        var empty = new byte[2 * (OtlpForm.MOST + 1)];
        for (var at = 0; at < empty.length; at += 2) {
            empty[at] = 10; // a group of nothing
        }
        assertThatThrownBy(() -> export(1000, this::take).take(empty)).isInstanceOf(Problem.class).hasMessageContaining("100000 groups");
        var json = "{\"resourceSpans\": [" + "{},".repeat(OtlpForm.MOST) + "{}]}";
        var export = new OtlpExport(new OtlpJson(), null, Instant.EPOCH, new OtlpRoom(1000), this::take, executor);
        assertThatThrownBy(() -> export.take(json.getBytes(StandardCharsets.UTF_8))).hasMessageContaining("100000 groups");

        var many = new Span[OtlpForm.MOST + 7];
        Arrays.fill(many, Span.getDefaultInstance());
        assertThat(export(1000, List.of(), many).leftOut()).isEqualTo(many.length);
    }

    @Test
    void aRunForWhichThereIsNoPlaceFailsTheWholeExport() {
        var export = export(1000, (run, spans) -> {
            throw Problem.unavailable("no place");
        });
        assertThatThrownBy(() -> export.take(OtlpClient.export(List.of(), span(RUN, 1, "x").build()).toByteArray()))
                .isInstanceOf(Problem.class).hasMessageContaining("no place");
    }

    private OtlpExport export(long largest, Span... spans) {
        return export(largest, List.of(), spans);
    }

    private OtlpExport export(long largest, List<KeyValue> resource, Span... spans) {
        var export = export(largest, this::take);
        export.take(OtlpClient.export(resource, spans).toByteArray());
        return export;
    }

    private OtlpExport export(long largest, OtlpExport.Runs runs) {
        return new OtlpExport(new OtlpProtobuf(), null, Instant.EPOCH, new OtlpRoom(largest), runs, executor);
    }

    private Optional<String> take(RunId run, List<Taken> spans) {
        taken.computeIfAbsent(run, unused -> new ConcurrentLinkedQueue<>()).add(spans.size());
        return Optional.empty();
    }

    private static Span ofARunOfItsOwn(int number) {
        return span(RUN, 1, "x").setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(7).putLong(number).array())).build();
    }
}
