// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the environment was asked at the start and at the end of a task, and what it said. */
public record TaskStep(Call taskCall, @Nullable String error) implements Step {

    /**
     * @param phase {@code setup} or {@code evaluate}
     * @param name the template's id
     * @param arguments the task's arguments, or the payload that was graded
     * @param result the prompt frame, or the grade frame
     */
    public record Call(String phase, String name, JsonNode arguments, @Nullable JsonNode result) {}

    public static TaskStep setup(String template, JsonNode arguments, ObjectNode promptFrame) {
        return new TaskStep(new Call("setup", template, arguments, promptFrame), null);
    }

    /** A grade frame that says {@code isError} makes a failed step; its content is the reason. */
    public static TaskStep evaluate(String template, ObjectNode payload, ObjectNode gradeFrame) {
        boolean failed = gradeFrame.path("isError").asBoolean(false);
        var error = failed ? gradeFrame.path("content").asString("grading failed") : null;
        return new TaskStep(new Call("evaluate", template, payload, gradeFrame), error);
    }

    @Override
    public String source() {
        return "task";
    }
}
