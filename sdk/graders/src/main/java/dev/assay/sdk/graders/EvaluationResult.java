// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an environment says of an answer.
 *
 * @param reward usually between 0 and 1
 * @param done whether the task is over
 * @param content a word for people
 * @param info anything worth keeping
 * @param isError whether the evaluation itself failed
 * @param subscores what the reward was made of
 * @param extras members of the author's own
 */
public record EvaluationResult(
        double reward,
        boolean done,
        @Nullable String content,
        ObjectNode info,
        boolean isError,
        @Nullable List<SubScore> subscores,
        ObjectNode extras) {

    private static final Set<String> MEMBERS = Set.of("reward", "done", "content", "info", "isError", "subscores");
    private static final double SLACK = 0.01;

    public EvaluationResult {
        subscores = subscores == null ? null : List.copyOf(subscores);
    }

    public static EvaluationResult of(double reward) {
        return new EvaluationResult(reward, true, null, Json.object(), false, null, Json.object());
    }

    /** The evaluation itself failed, for this reason. */
    public static EvaluationResult failed(String reason) {
        return new EvaluationResult(0, true, reason, Json.object(), true, null, Json.object());
    }

    public EvaluationResult because(String newContent) {
        return new EvaluationResult(reward, done, newContent, info, isError, subscores, extras);
    }

    public EvaluationResult with(Map<String, ?> newInfo) {
        return new EvaluationResult(reward, done, content, (ObjectNode) JsonSafe.of(newInfo), isError, subscores, extras);
    }

    public EvaluationResult madeOf(List<SubScore> newSubscores) {
        return new EvaluationResult(reward, done, content, info, isError, newSubscores, extras);
    }

    /** @throws IllegalArgumentException naming the member that is wrong */
    public static EvaluationResult read(JsonNode json) {
        var content = json.path("content");
        if (!content.isString() && !content.isNull() && !content.isMissingNode()) {
            throw new IllegalArgumentException("content: must be a string");
        }
        var info = Lax.object(json, "info");
        if (info == null && json.has("info")) {
            throw new IllegalArgumentException("info: must be an object");
        }
        var extras = Json.object();
        json.properties().stream()
                .filter(member -> !MEMBERS.contains(member.getKey()))
                .forEach(member -> extras.set(member.getKey(), member.getValue()));
        return new EvaluationResult(
                json.has("reward") ? Lax.number(json.get("reward"), "reward") : 0,
                !json.has("done") || Lax.truth(json.get("done"), "done"),
                content.isString() ? content.stringValue() : null,
                info == null ? Json.object() : info,
                json.has("isError") && Lax.truth(json.get("isError"), "isError"),
                Lax.subscores(json, "subscores"),
                extras);
    }

    /** What looks wrong about the parts: nothing that forbids the result, but something its author should hear. */
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (subscores == null || subscores.isEmpty()) {
            return warnings;
        }
        var names = new HashSet<String>();
        if (!subscores.stream().map(SubScore::name).allMatch(names::add)) {
            warnings.add("several subscores have the same name");
        }
        double positive = 0;
        double sum = 0;
        for (var part : subscores) {
            positive += part.weight() > 0 ? part.weight() : 0;
            sum += part.value() * part.weight();
        }
        if (Math.abs(positive - 1) > SLACK) {
            warnings.add(String.format(Locale.ROOT, "the positive weights of the subscores sum to %.4f, not 1", positive));
        }
        if (Math.abs(sum - reward) > SLACK) {
            warnings.add(String.format(Locale.ROOT, "the subscores sum to %.4f, but the reward is %.4f", sum, reward));
        }
        return warnings;
    }

    /** The grade frame: all members, the reward last and called {@code score}. Other numbers that JSON cannot write become null. */
    ObjectNode frame() {
        var frame = Json.object().put("done", done).put("content", content);
        frame.set("info", info);
        frame.put("isError", isError);
        frame.set("subscores", subscores == null ? null : SubScore.array(subscores, true));
        frame.setAll(extras);
        return ((ObjectNode) Json.finite(frame)).put("score", reward);
    }
}
