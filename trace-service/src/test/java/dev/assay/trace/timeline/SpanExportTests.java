// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.OtlpClient;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@TraceServiceTest
class SpanExportTests {

    private static final String PICTURE = "iVBOR".repeat(1000);

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();

    @Test
    void aRunsStepsAreSpansByTheConventions() {
        var run = told(Json.object().put("status", "completed").put("reward", 1).put("task_slug", "count-a").put("agent", "claude")
                .put("parent_trace_id", UUID.randomUUID().toString()).put("ended_at", "2026-11-22T12:00:00Z"));
        send(run, conversation());

        var lines = lines("/v2/trace/" + run + "/steps/export?format=otlp");
        var spans = spans(lines);

        assertThat(spans).extracting(Span::getName).containsExactly(
                "setup count", "prompt", "chat gpt", "execute_tool look", "execute_tool press", "chat gpt", "invoke_agent subagent", "chat small",
                "evaluate count", "invoke_agent claude");
        assertThat(spans).allSatisfy(span -> assertThat(HexFormat.of().formatHex(span.getTraceId().toByteArray())).isEqualTo(run.hex()));
        assertThat(spans).extracting(Span::getSpanId).doesNotHaveDuplicates().allSatisfy(id -> assertThat(id.size()).isEqualTo(8));
        var root = spans.getLast();
        assertThat(spans.subList(0, 9)).filteredOn(span -> !span.getName().equals("chat small"))
                .extracting(Span::getParentSpanId).containsOnly(root.getSpanId());
        assertThat(spans.get(7).getParentSpanId()).as("a step of a subagent's").isEqualTo(spans.get(6).getSpanId());

        assertThat(attributes(root)).containsEntry("assay.reward", "1.0").containsEntry("assay.task", "count-a")
                .containsEntry("assay.run_id", run.toString()).containsEntry("gen_ai.operation.name", "invoke_agent").doesNotContainKey("assay.missing");
        assertThat(root.getLinksList()).as("the run around it").singleElement().extracting(link -> link.getTraceId().size() + link.getSpanId().size())
                .isEqualTo(24);
        assertThat(root.getStartTimeUnixNano()).isEqualTo(spans.getFirst().getStartTimeUnixNano());
        assertThat(root.getEndTimeUnixNano()).isEqualTo(1_795_348_800_000_000_000L);

        var turn = attributes(spans.get(2));
        assertThat(turn).containsEntry("gen_ai.operation.name", "chat").containsEntry("gen_ai.request.model", "gpt")
                .containsEntry("gen_ai.usage.input_tokens", "12").containsEntry("gen_ai.usage.output_tokens", "3");
        assertThat(Json.MAPPER.readTree(turn.get("gen_ai.input.messages"))).isEqualTo(Json.MAPPER.readTree(
                "[{'role':'user','parts':[{'type':'text','content':'How many a, Ω?'}]}]".replace('\'', '"')));
        assertThat(Json.MAPPER.readTree(turn.get("gen_ai.output.messages")).at("/0/parts").valueStream().map(part -> part.path("type").asString()))
                .containsExactly("reasoning", "text", "tool_call", "tool_call");
        var look = attributes(spans.get(3));
        assertThat(look).containsEntry("gen_ai.tool.call.id", "c1").containsEntry("gen_ai.tool.call.arguments", "{\"at\":1}")
                .containsEntry("gen_ai.tool.call.result", "a picture");
        assertThat(look.get("assay.tool.content")).isEqualTo(
                "[{\"type\":\"uri\",\"modality\":\"image\",\"uri\":\"/v2/trace/" + run + "/timeline#3333333333333333\",\"mime_type\":\"image/png\"}]");
        assertThat(lines.toString()).as("no picture").doesNotContain(PICTURE.substring(0, 100));
        assertThat(spans.get(4).getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(spans.get(4).getStatus().getMessage()).isEqualTo("no such button");
        assertThat(attributes(spans.get(5)).get("gen_ai.input.messages")).as("what was said since").contains("a picture", "no such button").doesNotContain("How many");
        assertThat(attributes(spans.get(8))).containsEntry("assay.score", "1.0");
        assertThat(lines("/v2/trace/" + run + "/steps/export?format=otlp")).as("the same each time").isEqualTo(lines);
    }

    /** Another platform knows nothing of the run; here its id is another, since this one has it already. */
    @Test
    void whatGoesOutAndComesInElsewhereIsTheSameTimeline() {
        var run = told(Json.object().put("status", "completed"));
        var other = new RunId(UUID.randomUUID());
        var elsewhere = TeamId.random();
        send(run, conversation());
        var otlp = new OtlpClient(port, Tokens.member(elsewhere));

        for (var line : lines("/v2/trace/" + run + "/steps/export?format=otlp")) {
            var renamed = line.replace(run.hex(), other.hex()).replace(OtlpOut.rootId(run), OtlpOut.rootId(other));
            assertThat(otlp.export(renamed).isEmpty()).as("nothing is left out").isTrue();
        }

        var there = entries(elsewhere, other, 10);
        assertThat(said(there)).containsSubsequence(said(entries(team, run, 8))).hasSize(5);
        assertThat(there).extracting(entry -> entry.path("kind").asString())
                .containsExactlyInAnyOrder("span", "span", "span", "agent", "tool", "tool", "agent", "span", "agent", "span");
        // and from there once more
        FakeJobService.isLive(other, "completed");
        var again = spans(lines(elsewhere, "/v2/trace/" + other + "/steps/export?format=otlp"));
        assertThat(again).hasSize(10).extracting(Span::getSpanId).doesNotHaveDuplicates();
    }

    @Test
    void whatCameByOtlpGoesOutAsItCame() {
        var run = told(Json.object().put("status", "running"));
        var list = KeyValueList.newBuilder().addValues(OtlpClient.attribute("in", 1L << 60)).build();
        var span = OtlpClient.span(new RunId(UUID.randomUUID()).hex(), 7, "chat gpt")
                .setParentSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 9}))
                .setTraceState("a=b")
                .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
                .addAttributes(OtlpClient.attribute("hud.task_run_id", run.hex()))
                .addAttributes(OtlpClient.attribute("text", "Ω \ud83d\ude00"))
                .addAttributes(attribute("real", AnyValue.newBuilder().setDoubleValue(1)))
                .addAttributes(attribute("flag", AnyValue.newBuilder().setBoolValue(false)))
                .addAttributes(attribute("none", AnyValue.newBuilder()))
                .addAttributes(attribute("list", AnyValue.newBuilder().setArrayValue(
                        ArrayValue.newBuilder().addValues(AnyValue.newBuilder().setKvlistValue(list)))))
                .setDroppedAttributesCount(3)
                .addEvents(Span.Event.newBuilder().setName("exception").setTimeUnixNano(1_767_268_807_000_000_001L)
                        .addAttributes(OtlpClient.attribute("exception.type", "Odd")))
                .addLinks(Span.Link.newBuilder().setTraceId(ByteString.copyFrom(new byte[16])).setSpanId(ByteString.copyFrom(new byte[8])))
                .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage("odd"))
                .build();
        var sent = OtlpClient.export(List.of(OtlpClient.attribute("service.name", "theirs")), span);
        new OtlpClient(port, Tokens.member(team)).export(sent);
        entries(team, run, 1);

        var groups = groups(lines("/v2/trace/" + run + "/steps/export?format=otlp"));

        var came = groups.getFirst();
        assertThat(came.getScopeSpansList()).isEqualTo(sent.getResourceSpans(0).getScopeSpansList());
        assertThat(came.getResource().getAttributesList()).containsExactly(
                OtlpClient.attribute("service.name", "theirs"), OtlpClient.attribute("assay.run_id", run.toString()));
        assertThat(attributes(groups.getLast().getScopeSpans(0).getSpans(0)))
                .containsEntry("assay.missing", "what is still to come: the run is running");
    }

    @Test
    void aJobsRunsAreTracesAndWhatNobodyCanReadHoldsUpNoOther() {
        var odd = told(Json.object().put("status", "completed"));
        var deep = Json.object();
        for (var depth = 0; depth < 100; depth++) {
            deep = Json.object().set("in", deep);
        }
        var instrumented = TestSpans.span(odd.hex(), "not hex", "a.function", null, null, 1, Json.object());
        ((ObjectNode) instrumented.path("attributes")).set("function.args", deep);
        ((ObjectNode) instrumented.path("attributes")).put("error.type", "Odd").remove("hud.payload");
        instrumented.put("status_code", "ERROR").put("status_message", "oddly");
        var late = step(2, "half of a pair: \ud83d");
        late.put("end_time", "9998-01-01T00:00:00Z");
        var large = TestSpans.span(odd.hex(), "4444444444444444", "step.agent", "hud.step.v1", 3, 3, Json.object().put("content", "a long story"));
        send(odd, instrumented, late, large);
        jdbc.sql("update span set size = 9000000 where run = :run and span_id = '4444444444444444'").param("run", odd.value()).update();
        var silent = told(Json.object().put("status", "error").put("error", "the worker was lost").put("created_at", "2026-11-22T11:00:00Z"));
        var gone = new RunId(UUID.randomUUID());
        FakeJobService.lists(job, odd, silent, gone);

        var spans = spans(lines("/v2/jobs/" + job + "/steps/export?format=otlp"));

        assertThat(lines("/v2/jobs/" + job + "/steps/export")).as("the same as rows").hasSize(5);
        assertThat(spans).extracting(Span::getName).containsExactly("a.function", "prompt", "chat", "invoke_agent", "invoke_agent", "invoke_agent");
        assertThat(attributes(spans.getFirst()).get("function.args")).as("a text, since it is so deep").startsWith("{\"in\":{\"in\":");
        assertThat(spans.getFirst().getStatus().getMessage()).isEqualTo("oddly");
        assertThat(spans.get(1).getEndTimeUnixNano()).as("the last there is").isEqualTo(-1);
        assertThat(attributes(spans.get(2))).containsEntry("assay.content", "too large for a span").containsEntry("assay.omitted_bytes", "9000000");
        assertThat(spans.get(4).getStatus().getMessage()).isEqualTo("the worker was lost");
        assertThat(attributes(spans.get(4))).containsEntry("assay.missing", "its steps: none has come").containsEntry("assay.job_id", job.toString());
        assertThat(attributes(spans.get(5))).containsEntry("assay.missing", "all of it: there is no such run any more");
    }

    private static ObjectNode[] conversation() {
        var calls = Json.array();
        calls.addObject().put("id", "c1").put("name", "look").set("arguments", Json.object().put("at", 1));
        calls.addObject().put("id", "c2").put("name", "press").set("arguments", Json.object());
        var turn = Json.object().put("source", "agent").put("content", "I look.").put("reasoning", "hm").put("model", "gpt").put("finish_reason", "tool_calls");
        turn.set("tool_calls", calls);
        turn.set("usage", Json.object().put("prompt_tokens", 12).put("completion_tokens", 3).put("cost_usd", 0.5));
        var seen = Json.object().put("source", "tool").set("call", calls.path(0).deepCopy());
        seen.set("result", Json.object().set("content", Json.array()
                .add(Json.object().put("type", "text").put("text", "a picture"))
                .add(Json.object().put("type", "image").put("data", PICTURE).put("mimeType", "image/png"))));
        var pressed = Json.object().put("source", "tool").set("call", calls.path(1).deepCopy());
        pressed.set("result", Json.object().put("isError", true)
                .set("content", Json.array().add(Json.object().put("type", "text").put("text", "no such button"))));
        var done = Json.object().put("source", "agent").put("content", "3").put("model", "gpt").put("done", true);
        done.set("tool_calls", Json.array());
        var sub = Json.object().put("source", "subagent").set("subagent", Json.object().set("steps",
                Json.array().add(Json.object().put("source", "agent").put("content", "so?").put("model", "small"))));
        return new ObjectNode[] {
            named(1, "step.task", Json.object().set("task_call", Json.object().put("phase", "setup").put("name", "count"))),
            step(2, "How many a, Ω?"),
            named(3, "step.agent", turn),
            TestSpans.span("", "3333333333333333", "step.tool", "hud.step.v1", 4, 4, seen),
            named(5, "step.tool", pressed),
            named(6, "step.agent", done),
            named(7, "step.subagent", sub),
            named(8, "step.task", Json.object().set("task_call", Json.object().put("phase", "evaluate").put("name", "count")
                    .set("result", Json.object().put("score", 1))))
        };
    }

    private static ObjectNode named(int step, String name, ObjectNode payload) {
        return TestSpans.span("", "s" + step, name, "hud.step.v1", step, step, payload);
    }

    private static ObjectNode step(int step, String text) {
        var payload = Json.object().put("source", "user");
        payload.putArray("messages").addObject().put("role", "user").set("content", Json.object().put("type", "text").put("text", text));
        return named(step, "step.user", payload);
    }

    private static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static RunId told(ObjectNode known) {
        var run = new RunId(UUID.randomUUID());
        FakeJobService.tells(run, known);
        return run;
    }

    private void send(RunId run, ObjectNode... spans) {
        for (var span : spans) {
            ((ObjectNode) span.path("attributes")).put("hud.task_run_id", run.hex());
        }
        var upload = Json.object().set("telemetry", Json.array().addAll(List.of(spans)));
        new TraceClient(port, team).upload(run.hex(), Json.MAPPER.writeValueAsString(upload)).expectStatus().isNoContent();
        entries(team, run, spans.length);
    }

    private List<JsonNode> entries(TeamId who, RunId run, int count) {
        var client = new TraceClient(port, who);
        await().untilAsserted(() -> assertThat(client.timeline(run.hex()).path("entries")).hasSize(count));
        return client.timeline(run.hex()).path("entries").valueStream().toList();
    }

    /** What is to be the same of the turns and calls. */
    private static List<String> said(List<JsonNode> entries) {
        return entries.stream()
                .filter(entry -> List.of("agent", "tool").contains(entry.path("kind").asString()))
                .map(entry -> List.of("kind", "text", "reasoning", "model", "tool_name", "arguments", "call_id", "result_text", "finish_reason", "started_at")
                                .stream().map(name -> entry.path(name).asString("") + (entry.path(name).isObject() ? entry.path(name) : ""))
                                .collect(Collectors.joining("|"))
                        + entry.path("tool_calls").valueStream().map(call -> call.path("id") + "" + call.path("name") + call.path("arguments")).toList()
                        + entry.at("/usage/prompt_tokens") + entry.at("/usage/completion_tokens"))
                .toList();
    }

    private static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream().collect(Collectors.toMap(KeyValue::getKey, pair -> {
            var value = pair.getValue();
            return switch (value.getValueCase()) {
                case STRING_VALUE -> value.getStringValue();
                case INT_VALUE -> Long.toString(value.getIntValue());
                case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
                default -> value.toString();
            };
        }));
    }

    private static List<Span> spans(List<String> lines) {
        return groups(lines).stream().flatMap(group -> group.getScopeSpansList().stream()).flatMap(scope -> scope.getSpansList().stream()).toList();
    }

    /** By protobuf's own reader, which refuses what is not of the messages. */
    private static List<ResourceSpans> groups(List<String> lines) {
        return lines.stream().flatMap(line -> {
            var export = ExportTraceServiceRequest.newBuilder();
            try {
                JsonFormat.parser().merge(withIdsAsBytes(Json.MAPPER.readTree(line)).toString(), export);
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(line, e);
            }
            return export.getResourceSpansList().stream();
        }).toList();
    }

    /** In OTLP ids are hex; in all other JSON of protobuf bytes are base64. */
    private static JsonNode withIdsAsBytes(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (var name : List.of("traceId", "spanId", "parentSpanId")) {
                if (object.has(name)) {
                    object.put(name, Base64.getEncoder().encodeToString(HexFormat.of().parseHex(object.path(name).stringValue())));
                }
            }
        }
        node.forEach(inner -> {
            if (inner instanceof ObjectNode || inner instanceof ArrayNode) {
                withIdsAsBytes(inner);
            }
        });
        return node;
    }

    private List<String> lines(String path) {
        return lines(team, path);
    }

    private List<String> lines(TeamId who, String path) {
        var body = new TraceClient(port, who).get(path).expectStatus().isOk().returnResult(byte[].class).getResponseBody();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString().lines().toList();
        } catch (CharacterCodingException e) {
            throw new AssertionError("a strict reader takes none of it", e);
        }
    }
}
