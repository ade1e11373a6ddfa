// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A grade frame as it is read on the controller's side.
 *
 * @param evaluation the frame as it is reported: the same, with each subscore checked and without its {@code info}
 * @param frame the frame as it came
 */
public record Grade(
        double reward, boolean done, @Nullable String content, ObjectNode info, boolean isError, ObjectNode evaluation, ObjectNode frame) {

    /** @throws IllegalArgumentException if the score is no finite number or a subscore is wrong: the run then counts as ungraded */
    public static Grade read(ObjectNode frame) {
        var score = frame.path("score");
        if (!score.isNumber() || !Double.isFinite(Json.doubleOf(score))) {
            throw new IllegalArgumentException("tasks.grade: result must include a finite numeric 'score', got " + PythonText.repr(score));
        }
        var evaluation = frame.deepCopy();
        if (frame.path("subscores").isArray()) {
            List<SubScore> subscores = Lax.subscores(frame, "subscores");
            evaluation.set("subscores", subscores == null ? null : Json.finite(SubScore.array(subscores, false)));
        }
        return new Grade(
                Json.doubleOf(score),
                !frame.has("done") || Json.isTrue(frame.get("done")),
                frame.path("content").isString() ? frame.get("content").stringValue() : null,
                frame.get("info") instanceof ObjectNode info ? info : Json.object(),
                Json.isTrue(frame.path("isError")),
                evaluation,
                frame);
    }
}
