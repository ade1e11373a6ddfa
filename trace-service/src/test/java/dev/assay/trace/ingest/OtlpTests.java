// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static dev.assay.trace.OtlpClient.attribute;
import static dev.assay.trace.OtlpClient.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.web.RunRef;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.OtlpClient;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@TraceServiceTest
class OtlpTests {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    private final TeamId team = TeamId.random();
    private final String run = newRun();
    private TraceClient client;
    private OtlpClient otlp;

    @BeforeEach
    void connect() {
        client = new TraceClient(port, team);
        otlp = new OtlpClient(port, Tokens.member(team));
    }

    private static String newRun() {
        return new RunId(UUID.randomUUID()).hex();
    }

    /** The exporter of OpenTelemetry's own SDK. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void whatAnExporterSendsIsTold(String compression) {
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint("http://127.0.0.1:" + port + "/otlp/v1/traces")
                .addHeader("Authorization", Tokens.member(team))
                .setCompression(compression)
                .build();
        String trace;
        String outer;
        try (var provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "my-agent")))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build()) {
            var tracer = provider.get("my.scope", "1.2");
            var agent = tracer.spanBuilder("invoke_agent helper").startSpan();
            var context = agent.storeInContext(io.opentelemetry.context.Context.root());
            var chat = tracer.spanBuilder("chat gpt").setParent(context)
                    .setAttribute("gen_ai.operation.name", "chat").setAttribute("gen_ai.request.model", "gpt")
                    .setAttribute("gen_ai.usage.input_tokens", 12)
                    .setAttribute("gen_ai.output.messages", "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"hm\"}]}]")
                    .startSpan();
            chat.end();
            tracer.spanBuilder("execute_tool look").setParent(context)
                    .setAttribute("gen_ai.operation.name", "execute_tool").setAttribute("gen_ai.tool.name", "look")
                    .startSpan().recordException(new IllegalStateException("nothing there")).setStatus(StatusCode.ERROR).end();
            agent.end();
            trace = agent.getSpanContext().getTraceId();
            outer = agent.getSpanContext().getSpanId();
            assertThat(provider.forceFlush().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
        }

        var entries = entries(trace, 3);

        assertThat(entries.valueStream().map(entry -> entry.path("kind").asString())).containsExactly("span", "agent", "tool");
        var plain = entries.path(0);
        assertThat(plain.path("name").asString()).isEqualTo("invoke_agent helper");
        assertThat(plain.has("parent_id")).isFalse();
        assertThat(plain.at("/payload/resource/attributes/service.name").asString()).isEqualTo("my-agent");
        assertThat(plain.at("/payload/scope/name").asString()).isEqualTo("my.scope");
        assertThat(entries.path(1).path("text").asString()).isEqualTo("hm");
        assertThat(entries.path(1).path("model").asString()).isEqualTo("gpt");
        assertThat(entries.path(1).at("/usage/prompt_tokens").intValue()).isEqualTo(12);
        assertThat(entries.path(2).path("tool_name").asString()).isEqualTo("look");
        assertThat(entries.path(2).path("error").asString()).isEqualTo("java.lang.IllegalStateException: nothing there");
        assertThat(entries.valueStream().skip(1).map(entry -> entry.path("parent_id").asString())).containsOnly(outer);
        assertThat(marks(trace)).containsExactly("otel.span.v1 null false", "otel.span.v1 null false", "otel.span.v1 look true");
        // and the published client's list of events, which skips kinds that it does not know
        assertThat(client.events(trace).valueStream().map(event -> event.path("kind").asString()))
                .containsExactly("span", "agent_message", "tool_call");
    }

    @Test
    void theSameExportTwiceIsOneTimeline() {
        var export = OtlpClient.export(List.of(), span(run, 1, "a").build(), span(run, 2, "b").build(), span(run, 2, "b").build());

        assertThat(otlp.export(export).hasPartialSuccess()).isFalse();
        assertThat(otlp.export(export).hasPartialSuccess()).isFalse();
        otlp.export(span(run, 3, "last").build());

        assertThat(names(entries(run, 3))).containsExactly("a", "b", "last");
        assertThat(jdbc.sql("select count(*) from span where run = :run").param("run", RunId.parse(run).value()).query(Long.class).single())
                .isEqualTo(3);
    }

    @Test
    void oneExportHoldsManyRunsByAttributeByResourceAndByTrace() {
        var byAttribute = newRun();
        var byResource = newRun();
        var dashed = RunId.parse(byAttribute).toString();
        var mine = new RunId(RunRef.ofRun("id", "my-own").id()).hex();
        var export = ExportTraceServiceRequest.newBuilder()
                .mergeFrom(OtlpClient.export(List.of(attribute("hud.task_run_id", byResource)),
                        span(run, 1, "resource's").build(),
                        span(run, 2, "attribute's").addAttributes(attribute("hud.task_run_id", dashed)).build()))
                .mergeFrom(OtlpClient.export(List.of(), span(run, 3, "trace's").build(),
                        span(run, 4, "in words").addAttributes(attribute("hud.task_run_id", "my-own")).build()))
                .build();

        assertThat(otlp.export(export).hasPartialSuccess()).isFalse();

        assertThat(names(entries(byResource, 1))).containsExactly("resource's");
        assertThat(names(entries(byAttribute, 1))).containsExactly("attribute's");
        assertThat(names(entries(run, 1))).containsExactly("trace's");
        assertThat(names(entries(mine, 1))).containsExactly("in words");
    }

    @Test
    void whatIsAnotherTeamsIsLeftOutAndTold() {
        var foreign = newRun();
        FakeJobService.owns(TeamId.random(), RunId.parse(foreign));

        var answer = otlp.export(span(run, 1, "ours").build(), span(foreign, 2, "theirs").build()).getPartialSuccess();

        assertThat(answer.getRejectedSpans()).isEqualTo(1);
        assertThat(answer.getErrorMessage()).isEqualTo("resourceSpans[0].scopeSpans[0].spans[1]: there is no run " + RunId.parse(foreign));
        assertThat(names(entries(run, 1))).containsExactly("ours");
    }

    @Test
    void theKeyOfARunWritesItsOwnRunAndNoOther() {
        var id = RunId.parse(run);
        var holder = new OtlpClient(port, Tokens.run(new RunKey(team, id, 1, null)));
        FakeJobService.attempt(id, 1);
        var elsewhere = newRun();

        var answer = holder.export(
                span(elsewhere, 1, "of a trace of its own").build(),
                span(run, 2, "another's").addAttributes(attribute("hud.task_run_id", elsewhere)).build());

        assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(answer.getPartialSuccess().getErrorMessage()).contains("spans[1]").contains("for this key");
        assertThat(names(entries(run, 1))).containsExactly("of a trace of its own");
        FakeJobService.attempt(id, 2);
        await().untilAsserted(() -> assertThat(holder.export(span(run, 3, "late").build()).getPartialSuccess().getErrorMessage())
                .contains("attempt 1").contains("lost its lease"));
    }

    @Test
    void jsonIsTakenAsOtlpMapsItAndAnsweredAlike() {
        var spanOf = """
                {"traceId": "%s", "spanId": "EEE19B7EC3C1B174", "parentSpanId": "", "name": "плата", "kind": 3, "flags": 1,
                 "startTimeUnixNano": "1767268800000000001", "endTimeUnixNano": 1767268801000000000, "attributes": [
                 {"value": {"stringValue": "v"}, "key": "text"}, {"key": "number", "value": {"intValue": "9007199254740993"}},
                 {"key": "real", "value": {"doubleValue": "NaN"}},
                 {"key": "list", "value": {"arrayValue": {"values": [{"boolValue": true}, {}]}}},
                 {"key": "map", "value": {"kvlistValue": {"values": [{"key": "x", "value": {"bytesValue": "AQI="}}]}}}, {"key": "none"}],
                 "events": [{"timeUnixNano": "1767268800500000000", "name": "e", "attributes": []}], "links": [], "status": {"code": 1},
                 "ofALaterVersion": {}}""".formatted(run);
        var answer = otlp.export("""
                {"resourceSpans": [{"scopeSpans": [{"spans": [%s, {"name": "no ids"}], "scope": {"name": "s"}}],
                 "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "behind"}}]}}]}""".formatted(spanOf));

        assertThat(answer.at("/partialSuccess/rejectedSpans").stringValue()).isEqualTo("1");
        assertThat(answer.at("/partialSuccess/errorMessage").stringValue()).contains("spans[1].traceId: must be 16 bytes");
        var payload = entries(run, 1).path(0).path("payload");
        assertThat(payload.path("attributes").toString()).isEqualTo(
                "{\"text\":\"v\",\"number\":9007199254740993,\"real\":null,\"list\":[true,null],\"map\":{\"x\":\"AQI=\"},\"none\":null}");
        assertThat(payload.path("name").asString()).isEqualTo("плата");
        assertThat(payload.path("kind").asString()).isEqualTo("CLIENT");
        assertThat(payload.path("span_id").asString()).isEqualTo("eee19b7ec3c1b174");
        assertThat(payload.path("start_time").asString()).isEqualTo("2026-01-01T12:00:00.000000001Z");
        assertThat(payload.path("status_code").asString()).isEqualTo("OK");
        assertThat(payload.at("/events/0/timestamp").asString()).isEqualTo("2026-01-01T12:00:00.500Z");
        assertThat(payload.at("/resource/attributes/service.name").asString()).isEqualTo("behind");
        assertThat(payload.at("/scope/name").asString()).isEqualTo("s");
        assertThat(otlp.export("{}").toString()).as("all of nothing").isEqualTo("{}");
    }

    @Test
    void aLargeSpanLiesAmongTheBlobsAndIsToldWhole() {
        var text = "я".repeat(100_000);

        otlp.export(span(run, 1, "large").addAttributes(attribute("text", text)).build());

        assertThat(entries(run, 1).path(0).at("/payload/attributes/text").asString()).isEqualTo(text);
    }

    @Test
    void moreThanIsHeldAtOnceIsStoredAllTheSame() {
        var spans = new Span[600];
        for (var number = 0; number < spans.length; number++) {
            spans[number] = span(run, number + 1, "s" + number).build();
        }
        // each span has the resource in it: eleven megabytes become of twenty kilobytes
        var resource = List.of(attribute("padding", "x".repeat(9_000)));
        var answer = otlp.export(OtlpClient.export(resource, spans)).getPartialSuccess();

        var most = 1024 * 1024 / 9_000;
        assertThat(answer.getRejectedSpans()).isBetween(600L - most, 600L);
        assertThat(answer.getErrorMessage()).contains("no more than 1048576 are taken at once").endsWith("…");
        entries(run, 600 - (int) answer.getRejectedSpans());
    }

    private JsonNode entries(String run, int count) {
        await().untilAsserted(() -> assertThat(client.json("/v2/trace/{run}/timeline?limit=500", run).path("entries")).hasSize(count));
        return client.json("/v2/trace/{run}/timeline?limit=500", run).path("entries");
    }

    private static List<String> names(JsonNode entries) {
        return entries.valueStream().map(entry -> entry.path("name").asString()).toList();
    }

    private List<String> marks(String run) {
        return jdbc.sql("select schema || ' ' || coalesce(tool, 'null') || ' ' || failed from span where run = :run order by started_at")
                .param("run", RunId.parse(run).value()).query(String.class).list();
    }
}
