// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One run as spans: what came by OTLP as it came, each step as one, and around them one that tells of the run. That comes last, since
 * nobody knows earlier when it began and ended.
 */
final class RunSpans {

    private static final ObjectNode SCOPE = Json.object().put("name", "dev.assay");
    private static final JsonNode NOTHING = Json.object();
    private static final String STEP = "step.";

    private final RunId run;
    private final @Nullable JobId job;
    private final OtlpLines lines;
    private final ObjectNode resource = Json.object();
    private final GenAiSpans steps = new GenAiSpans();
    private @Nullable Instant first;
    private @Nullable Instant last;
    private boolean hasRoot;

    RunSpans(RunId run, @Nullable JobId job, OtlpLines lines) {
        this.run = run;
        this.job = job;
        this.lines = lines;
        resource.set("attributes", OtlpAttributes.of(named(Json.object().put("service.name", "assay"))).pairs());
    }

    /** Whoever reads a span of it finds its run. */
    private ObjectNode named(ObjectNode attributes) {
        attributes.put("assay.run_id", run.toString());
        return job == null ? attributes : attributes.put("assay.job_id", job.toString());
    }

    /** @param body null: it is too large to be told */
    void span(SpanMark mark, @Nullable JsonNode body) throws IOException {
        widen(mark.startedAt(), mark.endedAt());
        if (OtelStep.is(mark) && body != null && body.has("trace_id")) {
            asItCame(mark, body);
            return;
        }
        var id = OtlpOut.spanId(run, mark.spanId());
        var parent = body == null ? "" : body.path("parent_span_id").asString("");
        var payload = body == null ? NOTHING : body.path("attributes").path("hud.payload");
        var said = said(mark, body, payload);
        if (mark.attempt() != null) {
            said.attributes().put("assay.attempt", mark.attempt());
        }
        var span = OtlpOut.span(
                run.hex(), id, parent.isEmpty() ? OtlpOut.rootId(run) : OtlpOut.spanId(run, parent), said.name(), said.kind(), mark.startedAt(), mark.endedAt());
        end(span, said, mark.failed() ? failure(body, payload) : null);
        if (body != null) {
            span.set("events", OtlpOut.events(body.path("events"), mark.startedAt()));
        }
        lines.add(resource, SCOPE, span, mark.size());
        nested(mark.spanId(), id, payload, mark.startedAt(), mark.endedAt());
    }

    private void asItCame(SpanMark mark, JsonNode body) throws IOException {
        hasRoot |= mark.spanId().equals(OtlpOut.rootId(run)) && body.path("trace_id").asString("").equals(run.hex());
        var from = body.path("resource").path("attributes") instanceof ObjectNode attributes ? attributes.deepCopy() : Json.object();
        var its = Json.object();
        its.set("attributes", OtlpAttributes.of(named(from)).pairs());
        var scope = Json.object().put("name", body.at("/scope/name").asString("")).put("version", body.at("/scope/version").asString(""));
        scope.set("attributes", OtlpAttributes.of(body.at("/scope/attributes")).pairs());
        lines.add(its, scope, OtlpOut.asItCame(mark, body), mark.size());
    }

    private GenAiSpans.Said said(SpanMark mark, @Nullable JsonNode body, JsonNode payload) {
        if (body == null || Entry.isRemoved(body)) {
            var bare = bare(mark);
            bare.attributes()
                    .put("assay.content", body == null ? "too large for a span" : "deleted")
                    .put("assay.omitted_bytes", mark.size());
            return bare;
        }
        if (Entry.isStep(mark)) {
            return steps.said(mark.name().substring(STEP.length()), payload, where(mark.spanId()));
        }
        if (payload.isMissingNode()) {
            return new GenAiSpans.Said(mark.name(), OtlpOut.INTERNAL, OtlpAttributes.of(body.path("attributes")));
        }
        return new GenAiSpans.Said(mark.name(), Entry.isCall(mark) ? OtlpOut.CLIENT : OtlpOut.INTERNAL,
                new OtlpAttributes().put("assay.schema", mark.schema()).json("assay.payload", payload, where(mark.spanId())));
    }

    /** What is known of a step without what was said in it. */
    private static GenAiSpans.Said bare(SpanMark mark) {
        if (mark.tool() != null) {
            return GenAiSpans.tool(mark.tool());
        }
        return mark.name().equals("step.agent") ? GenAiSpans.turn() : new GenAiSpans.Said(mark.name(), OtlpOut.INTERNAL, new OtlpAttributes());
    }

    /** The steps of a subagent's trace are spans inside the one that it came in. */
    private void nested(String id, String parent, JsonNode payload, Instant started, Instant ended) throws IOException {
        var inner = new GenAiSpans();
        var number = 0;
        for (var step : payload.path("subagent").path("steps")) {
            var stepId = id + "/" + number++;
            var said = inner.said(step.path("source").asString("step"), step, where(stepId));
            var from = OtlpOut.time(step, "started_at", started);
            var until = OtlpOut.time(step, "ended_at", ended);
            var span = OtlpOut.span(run.hex(), OtlpOut.spanId(run, stepId), parent, said.name(), said.kind(), from, until);
            end(span, said, StepText.error(step) != null || step.path("result").path("isError").asBoolean(false) ? failure(null, step) : null);
            lines.add(resource, SCOPE, span, span.toString().length());
            nested(stepId, OtlpOut.spanId(run, stepId), step, from, until);
        }
    }

    /** @param failure null: nothing went wrong */
    private static void end(ObjectNode span, GenAiSpans.Said said, @Nullable String failure) {
        if (failure != null) {
            OtlpOut.failed(span, failure);
            said.attributes().put("error.type", "_OTHER"); // what the conventions say for those that nobody has named
        }
        span.set("attributes", said.attributes().pairs());
    }

    private static String failure(@Nullable JsonNode body, JsonNode payload) {
        var error = StepText.error(payload);
        var message = error != null ? error : body == null ? "" : body.path("status_message").asString("");
        var text = message.isEmpty() ? StepText.ofBlocks(payload.path("result").path("content")) : message;
        return text.isEmpty() ? "failed" : text.substring(0, Math.min(text.length(), OtlpAttributes.LONGEST));
    }

    private String where(String entry) {
        return "/v2/trace/" + run + "/timeline#" + entry;
    }

    private void widen(Instant started, Instant ended) {
        first = first == null || started.isBefore(first) ? started : first;
        last = last == null || ended.isAfter(last) ? ended : last;
    }

    /**
     * The span of the run itself, which nobody has sent.
     *
     * @param known what job-service says of it; empty: it knows of none
     * @param missing null: nothing is
     */
    void root(String status, int attempts, JsonNode known, @Nullable String missing) throws IOException {
        if (hasRoot) {
            return; // this run came from an export, and so did this
        }
        var began = OtlpOut.time(known, "started_at", OtlpOut.time(known, "created_at", first == null ? Instant.EPOCH : first));
        widen(began, OtlpOut.time(known, "ended_at", last == null ? began : last));
        var agent = known.path("agent").asString("");
        var reward = known.path("reward").isNumber() ? Json.doubleOf(known.path("reward")) : null;
        var attributes = OtlpAttributes.of(named(Json.object().put("gen_ai.operation.name", "invoke_agent")))
                .put("gen_ai.agent.name", agent.isEmpty() ? null : agent)
                .put("gen_ai.request.model", known.path("model"))
                .put("assay.group_id", known.path("group_id"))
                .put("assay.task", known.path("task_slug"))
                .put("assay.environment", known.path("environment"))
                .put("assay.status", status)
                .put("assay.reward", reward)
                .put("assay.stop_reason", known.path("stop_reason"))
                .put("assay.attempts", attempts)
                .put("assay.parent_run_id", known.path("parent_trace_id"))
                .put("assay.missing", missing);
        var said = new GenAiSpans.Said(("invoke_agent " + agent).strip(), OtlpOut.INTERNAL, attributes);
        var span = OtlpOut.span(run.hex(), OtlpOut.rootId(run), null, said.name(), said.kind(), first, last);
        end(span, said, status.equals("error") ? known.path("error").asString("failed") : null);
        if (reward != null) {
            var graded = span.putArray("events").addObject().put("name", "gen_ai.evaluation.result").put("timeUnixNano", OtlpOut.nanos(last));
            graded.set("attributes", new OtlpAttributes()
                    .put("gen_ai.evaluation.name", "reward")
                    .put("gen_ai.evaluation.score.value", reward)
                    .pairs());
        }
        if (known.path("parent_trace_id").isString()) {
            var parent = RunId.parse(known.path("parent_trace_id").stringValue());
            span.putArray("links").addObject().put("traceId", parent.hex()).put("spanId", OtlpOut.rootId(parent));
        }
        lines.add(resource, SCOPE, span, span.toString().length());
    }
}
