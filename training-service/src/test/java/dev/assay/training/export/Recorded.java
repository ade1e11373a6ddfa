// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.training.Chunk;
import dev.assay.training.datum.Sample;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A run of two turns with a call between them, as job-service and trace-service tell it. */
final class Recorded {

    static final JsonMapper JSON = new JsonMapper();
    static final JobId JOB = new JobId(new UUID(0, 7));
    static final Instant ENDED = Instant.parse("2026-11-01T00:00:00Z");

    static final List<Sample> SAMPLES = List.of(
            new Sample(List.of(new Chunk.Text(1, 2)), new int[] {3, 4}, new float[] {-0.5f, -0.25f}),
            new Sample(List.of(new Chunk.Text(1, 2, 3, 4, 5)), new int[] {6}, new float[] {-1}));

    static final String SAID =
            """
            [{"kind": "setup", "name": "add"},
             {"kind": "prompt", "started_at": "2026-11-01T00:00:00Z",
              "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": {"type": "text", "text": "2 + 2?"}}]},
             {"kind": "agent", "started_at": "2026-11-01T00:00:01Z", "text": "", "reasoning": "A tool knows.", "model": "toy",
              "tool_calls": [{"id": "c1", "name": "add", "arguments": {"a": 2, "b": 2}}], "has_sample": true,
              "usage": {"prompt_tokens": 2, "completion_tokens": 2}},
             {"kind": "tool", "started_at": "2026-11-01T00:00:02Z", "tool_name": "add", "call_id": "c1", "result_text": "4",
              "is_error": false, "content": [{"type": "image", "data": "aGk=", "mimeType": "image/png"}]},
             {"kind": "agent", "started_at": "2026-11-01T00:00:03Z", "text": "4", "tool_calls": [], "has_sample": true},
             {"kind": "evaluate", "score": 1.0}]""";

    private Recorded() {}

    static List<JsonNode> said() {
        return said(SAID);
    }

    static List<JsonNode> said(String entries) {
        return JSON.readTree(entries).valueStream()
                .filter(entry -> List.of("prompt", "agent", "tool").contains(entry.get("kind").stringValue())).toList();
    }

    static JobRun run(Double reward) {
        return run("g1", reward, "completed", "done");
    }

    static JobRun run(String group, Double reward, String status, String stopReason) {
        return new JobRun(
                new RunId(UUID.randomUUID()), status, reward, ENDED, ENDED, ENDED, stopReason,
                null, null, null, "2-and-2", group, "toy", "sums", 1);
    }

    /** The first of its group, whose other member was worth nothing: an advantage of a half. */
    static Member member() {
        return Member.groups(JOB, List.of(run(1.0), run(0.0))).getFirst().getFirst();
    }

    /** As its reader has it. */
    static JsonNode written(Object row) {
        return JSON.readTree(JSON.writeValueAsString(row));
    }
}
