// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.TestSpans;
import dev.assay.trace.ingest.SpanScan.Remark;
import dev.assay.trace.ingest.SpanScan.Scanned;
import dev.assay.trace.ingest.SpanScan.Taken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SpanScanTests {

    private static final String RUN = "00000000000000000000000000000001";
    private static final Instant ARRIVAL = Instant.parse("2026-11-26T00:00:00Z");

    @Test
    void everySpanIsKeptAsItWasSent() {
        var first = "{ \"span_id\" : \"a\",\n \"x\": [1, 1.0, 1e2, \"\\ud800 grün \\u0000\"], \"name\": null}";
        var second = "{\"b\": {\"span_id\": \"not this\"}, \"span_id\":\"b\"}";

        var scanned = scan("{\"x\": {\"telemetry\": [1]}, \"telemetry\": [ " + first + " ,\n" + second + "], \"y\": []}");

        assertThat(scanned.spans()).extracting(span -> body(span)).containsExactly(first, second);
        assertThat(scanned.spans()).extracting(span -> span.head().spanId()).containsExactly("a", "b");
        assertThat(scanned.spans()).extracting(span -> span.head().size()).containsExactly(first.getBytes(UTF_8).length, second.length());
        assertThat(scanned.remarks()).isEmpty();
    }

    @Test
    void whatListsShowIsFoundOnTheWay() {
        var payload = Json.object().put("source", "tool").put("error", "it broke");
        payload.putObject("call").put("name", "bash");
        var head = scan(upload(TestSpans.span(RUN, "a", "step.tool", "hud.step.v1", 7, 5, payload))).spans().getFirst().head();

        assertThat(head.name()).isEqualTo("step.tool");
        assertThat(head.schema()).isEqualTo("hud.step.v1");
        assertThat(head.stepId()).isEqualTo(7);
        assertThat(head.tool()).isEqualTo("bash");
        assertThat(head.failed()).isTrue();
        assertThat(head.startedAt()).isEqualTo("2026-11-22T11:28:29Z");
    }

    @Test
    void aSpanThatSaysNothingIsTakenToo() {
        var head = scan("{\"telemetry\": [{\"span_id\": \"a\", \"attributes\": [1], \"start_time\": null}]}").spans().getFirst().head();

        assertThat(head.name()).isEqualTo("span");
        assertThat(head.schema()).isNull();
        assertThat(head.stepId()).isNull();
        assertThat(head.failed()).isFalse();
        assertThat(head.startedAt()).isEqualTo(ARRIVAL);
    }

    @Test
    void oneThatCannotBeTakenRefusesNoOther() {
        var deep = "{\"span_id\": \"d\", \"x\": " + "[".repeat(603) + "]".repeat(603) + "}";
        var longKey = "{\"span_id\": \"k\", \"" + "k".repeat(60_000) + "\": 1}";
        var longNumber = "{\"span_id\": \"n\", \"x\": " + "9".repeat(200_000) + "}";
        var foreign = "{\"span_id\": \"f\", \"attributes\": {\"hud.task_run_id\": \"0f8fad5b-d9cb-469f-a165-70867728950e\"}}";
        var good = "{\"span_id\": \"g\"}";

        var scanned = scan("{\"telemetry\": [" + String.join(",", deep, longKey, longNumber, foreign, "1", "{}", "{\"span_id\": 5}", good) + "]}");

        assertThat(scanned.spans()).extracting(span -> body(span)).containsExactly(good);
        assertThat(scanned.refused()).isEqualTo(7);
        assertThat(scanned.remarks()).extracting(Remark::at)
                .containsExactly(
                        "telemetry[0]", "telemetry[1]", "telemetry[2]", "telemetry[3].attributes.hud.task_run_id", "telemetry[4]",
                        "telemetry[5].span_id", "telemetry[6].span_id");
        assertThat(scanned.remarks().getFirst().reason()).isEqualTo("nested deeper than 480 levels");
    }

    @Test
    void whatIsTakenReadersCanRead() {
        var deepest = "{\"span_id\": \"d\", \"x\": " + "[".repeat(479) + "]".repeat(479) + "}";

        var scanned = scan("{\"telemetry\": [" + deepest + "]}");

        assertThat(scanned.refused()).isZero();
        assertThat(Json.MAPPER.readTree(body(scanned.spans().getFirst())).path("span_id").asString()).isEqualTo("d");
    }

    @Test
    void numbersThatJsonCannotSayAreNullFromHereOn() {
        var scanned = scan("{\"telemetry\": [{\"span_id\": \"a\", \"x\": [NaN, -Infinity, 1e999, 1.50]}, {\"span_id\": \"b\", \"x\": 1.50}]}");

        assertThat(scanned.spans()).extracting(span -> body(span))
                .containsExactly("{\"span_id\":\"a\",\"x\":[null,null,null,1.5]}", "{\"span_id\": \"b\", \"x\": 1.50}");
    }

    @Test
    void aTimeWithoutAZoneIsUtc() {
        for (var text : List.of(
                "2026-11-25T20:00:00", "2026-11-25 20:00:00", "2026-11-25T20:00:00Z", "2026-11-25t20:00:00.000z",
                "2026-11-25T21:00:00+01:00", "2026-11-25T21:00:00.000000+0100", "2026-11-25T20:00", "2026-11-25T20:00Z", "2026-11-25 20:00:00Z",
                "2026-11-25T20:00:00.0Z", "2026-11-25T20:00:00.000000000+00:00", "2026-11-25T20:00:00+00:00")) {
            assertThat(SpanTime.parse(text)).as(text).contains(Instant.parse("2026-11-25T20:00:00Z"));
        }
        assertThat(SpanTime.parse("2026-11-25T20:00:00.120034Z")).contains(Instant.parse("2026-11-25T20:00:00.120034Z"));
    }

    @Test
    void whatIsNoTimeIsSaidToBeNone() {
        for (var text : List.of(
                "", "yesterday", "2026-13-01T00:00:00Z", "1732563600", "2026-11-25T25:00:00Z", "2026-1x-25T20:00:00Z", "2026-02-30T20:00:00Z",
                "99999-01-01T00:00:00Z", "1969-01-01T00:00:00Z")) {
            assertThat(SpanTime.parse(text)).as(text).isEmpty();
        }
        var scanned = scan("{\"telemetry\": [{\"span_id\": \"a\", \"start_time\": \"yesterday\", \"end_time\": 5}]}");

        assertThat(scanned.spans().getFirst().head().startedAt()).isEqualTo(ARRIVAL);
        assertThat(scanned.remarks()).extracting(Remark::at).containsExactly("telemetry[0].start_time", "telemetry[0].end_time");
        assertThat(scanned.remarks()).allMatch(Remark::taken);
    }

    @Test
    void whatPostgresTakesAsNoTextIsNotInNames() {
        var head = scan("{\"telemetry\": [{\"span_id\": \"a\", \"name\": \"x\\u0000\\ud800y" + "n".repeat(5000) + "\"}]}")
                .spans().getFirst().head();

        assertThat(head.name()).startsWith("x\ufffd\ufffdy").hasSize(200);
    }

    @Test
    void aLimitIsNotToldAsASyntaxError() {
        var levels = 200_000;

        assertThatThrownBy(() -> scan("{\"telemetry\": [" + "[".repeat(levels) + "]".repeat(levels) + "]}"))
                .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.getBody().getDetail()).contains("depth"));
    }

    @Test
    void whatIsNoUploadIsRefusedAsSuch() {
        for (var body : List.of("{\"telemetry\": [] } x", "{\"telemetry\": []", "[]", "", "{\"telemetry\": {}}", "{\"telemetry\": null}")) {
            assertThatThrownBy(() -> scan(body)).as(body).isInstanceOf(Problem.class);
        }
        assertThatThrownBy(() -> SpanScan.of("{\"telemetry\": []}".getBytes(StandardCharsets.UTF_16LE), RUN, ARRIVAL))
                .hasMessageContaining("UTF-8");
    }

    private static Scanned scan(String body) {
        return SpanScan.of(body.getBytes(UTF_8), RUN, ARRIVAL);
    }

    private static String upload(JsonNode span) {
        return Json.object().set("telemetry", Json.array().add(span)).toString();
    }

    private static String body(Taken span) {
        return UTF_8.decode(span.body().duplicate()).toString();
    }
}
