// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SpansTests {

    private static final String RUN = "2b0e365b-20f6-4f3b-b114-738e592b4f44";
    private static final Instant START = Instant.parse("2026-11-22T10:00:00.000001999Z");
    private static final Instant END = Instant.parse("2026-11-22T10:00:01Z");

    private final Spans spans = new Spans(RUN);

    @Test
    void wrapsAStepIntoAnEnvelopeWithAllItsKeys() {
        var frame = Json.object().put("prompt", "How many?");
        var span = spans.next(TaskStep.setup("count", Json.object().put("word", "abc"), frame), START, END);
        assertThat(span.remove("span_id").stringValue()).matches("[0-9a-f]{16}");
        assertThat(span).isEqualTo(Json.MAPPER.readTree("""
                {"name":"step.task","trace_id":"2b0e365b20f64f3bb114738e592b4f44","parent_span_id":null,"kind":"INTERNAL",
                 "start_time":"2026-11-22T10:00:00.000001Z","end_time":"2026-11-22T10:00:01Z","status_code":"OK","status_message":null,
                 "attributes":{"hud.schema":"hud.step.v1","hud.task_run_id":"2b0e365b-20f6-4f3b-b114-738e592b4f44","hud.payload":
                  {"step_id":1,"source":"task","messages":[],
                   "task_call":{"phase":"setup","name":"count","arguments":{"word":"abc"},"result":{"prompt":"How many?"}},
                   "started_at":"2026-11-22T10:00:00.000001Z","ended_at":"2026-11-22T10:00:01Z","extra":{}}},
                 "events":[]}"""));
    }

    @Test
    void numbersStepsAndLeavesOutWhatIsNotThere() {
        spans.next(UserStep.text("hi"), null, END);
        var call = new ToolCall("bash", Json.object().putNull("n"), "c1");
        var usage = new AgentStep.Usage(10L, 2L, null, 0.5, 1);
        var agent = new AgentStep(
                "3", null, List.of(call), true, "stop", null, null, List.of(), null, "m", usage, null, null, null);
        assertThat(payload(spans.next(agent, null, END))).isEqualTo(Json.MAPPER.readTree("""
                {"step_id":2,"source":"agent","messages":[],"ended_at":"2026-11-22T10:00:01Z","extra":{},"content":"3",
                 "tool_calls":[{"name":"bash","arguments":{"n":null},"id":"c1"}],"done":true,"finish_reason":"stop","citations":[],
                 "model":"m","usage":{"prompt_tokens":10,"completion_tokens":2,"cost_usd":0.5,"llm_call_count":1}}"""));
        var tool = new ToolStep(call, ToolStep.Result.text("out", false), null);
        assertThat(payload(spans.next(tool, START, END))).isEqualTo(Json.MAPPER.readTree("""
                {"step_id":3,"source":"tool","messages":[],"started_at":"2026-11-22T10:00:00.000001Z",
                 "ended_at":"2026-11-22T10:00:01Z","extra":{},"call":{"name":"bash","arguments":{"n":null},"id":"c1"},
                 "result":{"content":[{"type":"text","text":"out"}],"isError":false}}"""));
    }

    /** As the published client sends them: what a robot's steps hold is compared with its own in the agents' tests. */
    @Test
    void aPieceOfAFilmHasNoPlaceAmongTheSteps() {
        var segment = Json.object().put("type", "video").put("data", "AAAA").put("mimeType", "video/mp4");
        var span = spans.next(new RobotStep.VideoSegment("front", 0, 10, segment), null, END);
        assertThat(span.get("name").stringValue()).isEqualTo("step.video_segment");
        assertThat(span.get("attributes").get("hud.schema").stringValue()).isEqualTo("hud.robot.step.v1");
        assertThat(payload(span)).isEqualTo(Json.MAPPER.readTree("""
                {"source":"video_segment","messages":[],"extra":{},"camera":"front","index":0,"fps":10,
                 "segment":{"type":"video","data":"AAAA","mimeType":"video/mp4"}}"""));
        assertThat(payload(spans.next(new RobotStep.Inference(3, List.of(List.of(0.5)), 1, List.of()), null, END))).isEqualTo(
                Json.MAPPER.readTree("""
                {"step_id":1,"source":"inference","messages":[],"ended_at":"2026-11-22T10:00:01Z","extra":{},"tick":3,"chunk":[[0.5]],
                 "chunk_length":1,"names":[]}"""));
    }

    @Test
    void carriesWhatOnlySomeCallsAndAgentsHave() {
        var call = new ToolCall("computer", Json.object(), "c1", "click")
                .withMeta(Json.object().put("citations_enabled", false))
                .withExtra("pending_safety_checks", Json.array().add("s"));
        var result = new ToolStep.Result(List.of(), null, false, null, Json.object().put("a", 1));
        assertThat(payload(spans.next(new ToolStep(call, result, null), null, END))).isEqualTo(Json.MAPPER.readTree("""
                {"step_id":1,"source":"tool","messages":[],"ended_at":"2026-11-22T10:00:01Z","extra":{},
                 "call":{"name":"computer","arguments":{},"id":"c1","provider_name":"click","meta":{"citations_enabled":false},
                  "pending_safety_checks":["s"]},
                 "result":{"content":[],"isError":false,"meta":{"a":1}}}"""));
        var note = new NoteStep((ObjectNode) Json.object().set("codex_item", Json.object().put("type", "todo_list")), null);
        assertThat(payload(spans.next(note, null, END))).isEqualTo(Json.MAPPER.readTree("""
                {"step_id":2,"source":"agent","messages":[],"ended_at":"2026-11-22T10:00:01Z","extra":{"codex_item":{"type":"todo_list"}}}"""));
        assertThat(payload(spans.next(new SubagentStep(Json.object().put("trace_id", "t"), null), null, END)))
                .isEqualTo(Json.MAPPER.readTree("""
                {"step_id":3,"source":"subagent","messages":[],"ended_at":"2026-11-22T10:00:01Z","extra":{},"subagent":{"trace_id":"t"}}"""));
    }

    @Test
    void marksAFailedStep() {
        var frame = Json.object().put("isError", true).put("content", "judge was away").put("score", Double.NaN);
        var span = spans.next(TaskStep.evaluate("t", Json.object().putNull("answer"), frame), null, END);
        assertThat(span.get("status_code").stringValue()).isEqualTo("ERROR");
        assertThat(span.get("status_message").stringValue()).isEqualTo("judge was away");
        assertThat(payload(span).get("error").stringValue()).isEqualTo("judge was away");
        assertThat(payload(span).get("task_call").get("result").get("score").isNull()).isTrue();
        assertThat(spans.next(new SystemStep("[grading] broke"), null, END).get("name").stringValue()).isEqualTo("step.system");
    }

    @Test
    void makesATraceIdOfAnyRunId() {
        assertThat(TraceIds.of("2B0E365B20F64F3BB114738E592B4F44")).isEqualTo("2b0e365b20f64f3bb114738e592b4f44");
        assertThat(TraceIds.of("my-run")).isEqualTo("b1c461088ac9542289a9e6851bc8fada");
    }

    private static ObjectNode payload(ObjectNode span) {
        return (ObjectNode) Json.MAPPER.readTree(span.get("attributes").get("hud.payload").toString());
    }
}
