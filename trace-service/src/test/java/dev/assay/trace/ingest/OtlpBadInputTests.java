// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static dev.assay.trace.OtlpClient.PROTOBUF;
import static dev.assay.trace.OtlpClient.attribute;
import static dev.assay.trace.OtlpClient.span;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.OtlpClient;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Whatever is wrong with an export is said, and what is right in it is taken. */
@TraceServiceTest
class OtlpBadInputTests {

    @LocalServerPort
    private int port;

    private final TeamId team = TeamId.random();
    private final String run = new RunId(UUID.randomUUID()).hex();
    private OtlpClient otlp;

    @BeforeEach
    void connect() {
        otlp = new OtlpClient(port, Tokens.member(team));
    }

    static List<byte[]> noProtobuf() {
        var export = OtlpClient.export(List.of(), span("5b8efff798038103d269b633813fc60c", 1, "a").build()).toByteArray();
        return List.of(
                Arrays.copyOf(export, export.length - 3),
                Arrays.copyOf(export, 20),
                "{\"resourceSpans\": []}".getBytes(UTF_8),
                new byte[] {10, -1, -1, -1, -1, 7}, // a length of two gigabytes
                new byte[] {10, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, // one that does not end
                new byte[] {10, 4, 18, 127, 1, 1}, // one that is longer than what it is in
                new byte[] {11, 11, 11, 11}, // groups that do not end
                new byte[] {10, 4, 10, 2, 10, 9}); // a resource of nothing good
    }

    @ParameterizedTest
    @MethodSource("noProtobuf")
    void whatIsNoProtobufOfAnExportIsRefused(byte[] body) {
        assertThat(otlp.refusal(PROTOBUF, body, 400)).matches("(body|resourceSpans\\[0].*): .+");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "[]", "{", "{} {}", "1", "{\"resourceSpans\": {}}", "{\"resourceSpans\": [1]}", "{\"resourceSpans\": [{\"scopeSpans\": 1}]}",
        "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": \"x\"}]}]}", "{\"resourceSpans\": [{\"scopeSpans\": [[]]}]}",
        "{\"resourceSpans\": [{\"resource\": {\"attributes\": {}}, \"scopeSpans\": []}]}", "{\"resourceSpans\": [{\"resource\": 1}]}"
    })
    void whatIsNoJsonOfAnExportIsRefusedByName(String body) {
        assertThat(otlp.refusal("application/json", body.getBytes(UTF_8), 400)).matches("(body|resourceSpans.*): .+");
        assertThat(otlp.refusal("application/json; charset=utf-8", body.getBytes(UTF_8), 400)).isNotBlank();
    }

    @Test
    void whatIsOfAnotherTypeOrCodingIsRefused() throws IOException {
        otlp.post("text/plain", null, new byte[0]).expectStatus().isEqualTo(415);
        otlp.post(PROTOBUF, "br", new byte[0]).expectStatus().isEqualTo(415);
        var export = gzip(OtlpClient.export(List.of(), span(run, 1, "a").build()).toByteArray());
        otlp.post(PROTOBUF, "gzip", Arrays.copyOf(export, export.length / 2)).expectStatus().isBadRequest();
    }

    @Test
    void aBombIsTooLargeAndNoMore() throws IOException {
        otlp.post(PROTOBUF, "gzip", gzip(new byte[50_000_000])).expectStatus().isEqualTo(413);
        otlp.post("application/json", "gzip", gzip(" ".repeat(50_000_000).getBytes(UTF_8))).expectStatus().isEqualTo(413);
    }

    static Stream<Span> badSpans() {
        var run = "5b8efff798038103d269b633813fc60c";
        var nested = AnyValue.newBuilder().setIntValue(1).build();
        for (var level = 0; level < 350; level++) {
            nested = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(nested)).build();
        }
        var many = span(run, 1, "many");
        for (var number = 0; number < 450_000; number++) {
            many.addEvents(Span.Event.getDefaultInstance());
        }
        var group = UnknownFieldSet.Field.newBuilder().addGroup(UnknownFieldSet.getDefaultInstance());
        return Stream.of(
                span(run, 1, "short trace").setTraceId(ByteString.copyFrom(new byte[15])).build(),
                span(run, 1, "trace of zeros").setTraceId(ByteString.copyFrom(new byte[16])).build(),
                span(run, 1, "no span id").clearSpanId().build(),
                span(run, 1, "long span id").setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9})).build(),
                span(run, 1, "odd parent").setParentSpanId(ByteString.copyFrom(new byte[] {1})).build(),
                span(run, 1, "blank run").addAttributes(attribute("hud.task_run_id", " ")).build(),
                span(run, 1, "long run").addAttributes(attribute("hud.task_run_id", "x".repeat(201))).build(),
                span(run, 1, "run in a number").addAttributes(attribute("hud.task_run_id", 7)).build(),
                span(run, 1, "deep").addAttributes(KeyValue.newBuilder().setKey("x").setValue(nested)).build(),
                span(run, 1, "long key").addAttributes(attribute("x".repeat(50_001), "")).build(),
                many.build(),
                span(run, 1, "group").setUnknownFields(UnknownFieldSet.newBuilder().addField(99, group.build()).build()).build());
    }

    @ParameterizedTest
    @MethodSource("badSpans")
    void aSpanThatCannotBeTakenIsToldAndHoldsUpNoOther(Span bad) {
        var answer = otlp.export(bad, span(run, 2, "good").build()).getPartialSuccess();

        assertThat(answer.getRejectedSpans()).isEqualTo(1);
        assertThat(answer.getErrorMessage()).startsWith("resourceSpans[0].scopeSpans[0].spans[0]");
        await().untilAsserted(() -> assertThat(entries()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"traceId\": \"xyz\"", "\"traceId\": 5", "\"spanId\": \"eee19b7ec3c1b1\"", "\"startTimeUnixNano\": -1",
        "\"startTimeUnixNano\": 1.5",
        "\"startTimeUnixNano\": \"soon\"", "\"endTimeUnixNano\": \"18446744073709551616\"", "\"kind\": \"SPAN_KIND_CLIENT\"",
        "\"attributes\": {}", "\"attributes\": [1]", "\"attributes\": [{\"key\": \"a\", \"value\": \"x\"}]",
        "\"attributes\": [{\"key\": \"a\", \"value\": {\"intValue\": \"9223372036854775808\"}}]",
        "\"attributes\": [{\"key\": \"a\", \"value\": {\"boolValue\": 1}}]",
        "\"attributes\": [{\"key\": \"a\", \"value\": {\"bytesValue\": \"?\"}}]",
        "\"attributes\": [{\"key\": \"a\", \"value\": {\"doubleValue\": \"x\"}}]", "\"events\": [{\"timeUnixNano\": []}]", "\"x\": DEEP",
        "\"attributes\": [{\"key\": \"a\", \"value\": VALUES}]", "\"status\": {\"code\": 99999999999}"
    })
    void aSpanInJsonThatCannotBeTakenIsToldAndHoldsUpNoOther(String wrong) {
        var good = "{\"traceId\": \"" + run + "\", \"spanId\": \"eee19b7ec3c1b174\"}";
        var bad = good.replaceFirst("\\{", "{\"name\": \"bad\", ").replace("}", ", " + wrong
                .replace("DEEP", "[".repeat(5000) + "]".repeat(5000))
                .replace("VALUES", "{\"arrayValue\": {\"values\": [".repeat(350) + "{}" + "]}}".repeat(350)) + "}");

        var export = "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [" + bad + "," + good + "]}]}]}";
        var answer = otlp.export(export).path("partialSuccess");

        assertThat(answer.path("rejectedSpans").asString()).as(answer.toString()).isEqualTo("1");
        assertThat(answer.path("errorMessage").asString()).startsWith("resourceSpans[0].scopeSpans[0].spans[0]");
        await().untilAsserted(() -> assertThat(entries()).hasSize(1));
    }

    @Test
    void whateverAClockSaysTheSpanIsTaken() {
        otlp.export(
                span(run, 1, "none").clearStartTimeUnixNano().clearEndTimeUnixNano().build(),
                span(run, 2, "backwards").setEndTimeUnixNano(1).build(),
                span(run, 3, "the last there is").setStartTimeUnixNano(-1).setEndTimeUnixNano(-1).build(),
                span(run, 4, "").build());

        await().untilAsserted(() -> assertThat(entries()).hasSize(4));
        var none = entries().valueStream().filter(entry -> entry.path("name").asString().equals("none")).findFirst().orElseThrow();
        assertThat(Instant.parse(none.path("started_at").asString())).isAfter("2026-01-02T00:00:00Z").isBefore("2500-01-01T00:00:00Z");
        assertThat(entries().valueStream().map(entry -> entry.path("name").asString()))
                .containsExactly("backwards", "span", "none", "the last there is");
    }

    @Test
    void textsMayHoldWhateverProtobufCanSay() {
        var span = span(run, 1, "a\0b").addAttributes(attribute("gen_ai.tool.name", "\0")).addAttributes(attribute("\0", "\u2028\0🦊"));
        otlp.export(span.build());

        await().untilAsserted(() -> assertThat(entries()).hasSize(1));
        assertThat(entries().path(0).at("/payload/attributes/\0").asString()).isEqualTo("\u2028\0🦊");
    }

    private JsonNode entries() {
        return new TraceClient(port, team).json("/v2/trace/{run}/timeline", run).path("entries");
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        }
        return compressed.toByteArray();
    }
}
