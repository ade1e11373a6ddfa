// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a template may hand back as its evaluation, and the frame that carries it. */
public final class GradeFrame {

    private static final Logger log = LoggerFactory.getLogger(GradeFrame.class);

    private GradeFrame() {}

    /**
     * @param evaluation a number, a truth value, an {@link EvaluationResult}, or a map or tree with a number {@code score}
     * @throws IllegalArgumentException if it is none of these, or the score is not finite
     */
    public static ObjectNode of(String task, @Nullable Object evaluation) {
        var frame = switch (evaluation) {
            case EvaluationResult result -> {
                result.warnings().forEach(warning -> log.warn("task {}: {}", task, warning));
                yield result.frame();
            }
            case Number number -> Json.object().put("score", number.doubleValue());
            case Boolean passed -> Json.object().put("score", passed ? 1.0 : 0.0);
            case ObjectNode object -> scored(task, object);
            case Map<?, ?> map -> scored(task, (ObjectNode) Json.tree(map));
            case null -> throw notAnEvaluation("null");
            default -> throw notAnEvaluation(evaluation.getClass().getSimpleName());
        };
        if (frame.get("score").isNumber() && !Double.isFinite(Json.doubleOf(frame.get("score")))) {
            throw new IllegalArgumentException("task %s graded with a non-finite score (%s): return a finite number"
                    .formatted(PythonText.repr(task), PythonText.repr(frame.get("score"))));
        }
        return frame;
    }

    private static IllegalArgumentException notAnEvaluation(String type) {
        return new IllegalArgumentException(
                "task graded with " + type + ": return a number, an EvaluationResult, or a map with a number 'score'");
    }

    private static ObjectNode scored(String task, ObjectNode object) {
        if (!object.path("score").isNumber() && !object.path("score").isBoolean()) {
            throw new IllegalArgumentException("task %s graded with a dict missing a numeric 'score' (keys: %s)"
                    .formatted(PythonText.repr(task), PythonText.repr(new TreeSet<>(object.propertyNames()))));
        }
        return object;
    }
}
