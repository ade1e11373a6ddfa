// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.graders.Grade;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.protocol.step.TaskStep;
import dev.assay.worker.span.Timeline;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Begins tasks and has them graded: each is a step of the timeline. */
final class TaskCalls {

    private final Timeline timeline;
    private final Clock clock;

    TaskCalls(Timeline timeline, Clock clock) {
        this.timeline = timeline;
        this.clock = clock;
    }

    /** @param prompted whether what it is begun with is shown to somebody */
    ObjectNode start(ControlClient client, String task, JsonNode args, boolean prompted) throws IOException {
        var begun = clock.instant();
        var frame = client.start(task, args);
        timeline.record(TaskStep.setup(task, args, frame), begun, clock.instant());
        var prompt = frame.get("prompt");
        if (prompted && prompt != null && !prompt.isNull()) {
            timeline.record(PromptTurn.step(PromptTurn.of(prompt)), null, clock.instant());
        }
        return frame;
    }

    /** Only what the published client takes for a grade is one. */
    Grade evaluate(ControlClient client, String task, @Nullable Object answer) throws IOException {
        var payload = (ObjectNode) Json.object().set("answer", Json.tree(answer));
        var begun = clock.instant();
        var frame = client.grade(payload);
        try {
            var grade = Grade.read(frame);
            timeline.record(TaskStep.evaluate(task, payload, frame), begun, clock.instant());
            return grade;
        } catch (IllegalArgumentException noGrade) {
            throw new RpcException(RpcException.BAD_REPLY, "tasks.grade: " + noGrade.getMessage());
        }
    }
}
