// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.graders.Combine;
import dev.assay.sdk.graders.Compare;
import dev.assay.sdk.graders.EvaluationResult;
import dev.assay.sdk.graders.Grade;
import dev.assay.sdk.graders.SubScore;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The graders in Java and those of the published client, on the same random inputs: a thousand for each function and seed. The seeds are
 * kept, so that every run tells the same; {@code -Dassay.seeds=1,2,3} tries others.
 */
class DifferentialGraderTests {

    private static final int INPUTS = 1000;
    private static final List<String> FUNCTIONS = List.of(
            "lower", "str", "decode", "normalize", "exact_match", "same_text", "contains", "contains_any", "contains_all", "numeric_match",
            "f1_score", "SubScore", "SubScore.summary", "EvaluationResult", "combine", "combine_any", "combine_all", "grade");

    static Stream<Long> bothSidesAgree() {
        return Stream.of(System.getProperty("assay.seeds", "20261126,4").split(",")).map(Long::valueOf);
    }

    @ParameterizedTest
    @MethodSource
    void bothSidesAgree(long seed) throws IOException {
        System.out.println("random inputs for the graders, seed " + seed);
        var inputs = new RandomGrades(new Random(seed));
        var calls = new ArrayList<Call>();
        FUNCTIONS.forEach(function -> IntStream.range(0, INPUTS).forEach(i -> calls.add(new Call(function, inputs.arguments(function)))));

        var outcomes = published(calls);

        var differences = new ArrayList<String>();
        int compared = 0;
        for (int i = 0; i < calls.size(); i++) {
            var expected = outcomes.get(i);
            if (expected.has("skipped")) {
                continue;
            }
            compared++;
            var actual = ours(calls.get(i));
            boolean agree = actual == null ? expected.has("error") : expected.has("ok") && same(expected.get("ok"), actual);
            if (!agree) {
                differences.add("%s: the client says %s, Java %s".formatted(calls.get(i).line(), expected, actual == null ? "no" : actual));
            }
        }
        assertThat(differences.stream().limit(20)).as("differences with seed " + seed + ", " + differences.size() + " in all").isEmpty();
        assertThat(compared).isGreaterThan(calls.size() * 9 / 10);
    }

    private record Call(String function, ArrayNode arguments) {

        String line() {
            return Json.MAPPER.writeValueAsString(List.of(function, arguments));
        }
    }

    private static List<JsonNode> published(List<Call> calls) throws IOException {
        var folder = Repository.freshFolder("graders");
        Files.write(folder.resolve("calls"), calls.stream().map(Call::line).toList());
        Files.copy(Repository.resource("sources/own/grade_lines.py"), folder.resolve("grade_lines.py"));
        Running.start(folder, Map.of("HOME", folder.toString()), List.of("sh", "-c", "'" + Client.python() + "' grade_lines.py < calls > outcomes"))
                .finish(Duration.ofMinutes(3)).exitsWith(0);
        return Files.readAllLines(folder.resolve("outcomes")).stream().map(line -> (JsonNode) Json.MAPPER.readTree(line)).toList();
    }

    /** Null where the input is refused. */
    private static @Nullable JsonNode ours(Call call) {
        var in = call.arguments();
        try {
            return switch (call.function()) {
                case "lower" -> Json.tree(PythonText.lower(in.get(0).stringValue()));
                case "str" -> Json.tree(PythonText.str(in.get(0)));
                case "decode" -> Json.tree(PythonText.decode(HexFormat.of().parseHex(in.get(0).stringValue())));
                case "normalize" -> Json.tree(Compare.normalize(in.get(0)));
                case "exact_match" -> Json.tree(Compare.exactMatch(in.get(0), in.get(1)));
                case "same_text" -> Json.tree(Compare.sameText(in.get(0), in.get(1).stringValue()));
                case "contains" -> Json.tree(Compare.contains(in.get(0), in.get(1).stringValue(), in.get(2).booleanValue()));
                case "contains_any" -> Json.tree(Compare.containsAny(in.get(0), texts(in.get(1)), in.get(2).booleanValue()));
                case "contains_all" -> Json.tree(Compare.containsAll(in.get(0), texts(in.get(1)), in.get(2).booleanValue()));
                case "numeric_match" -> Json.tree(Compare.numericMatch(in.get(0), in.get(1).doubleValue(), in.get(2).doubleValue()));
                case "f1_score" -> Json.tree(Compare.f1Score(in.get(0), in.get(1)));
                case "SubScore" -> whole(SubScore.read(in.get(0)));
                case "SubScore.summary" -> SubScore.read(in.get(0)).summary();
                case "EvaluationResult" -> whole(EvaluationResult.read(in.get(0)));
                case "combine" -> whole(Combine.combine(subscores(in.get(0))));
                case "combine_any" -> whole(Combine.any("any", in.get(0).doubleValue(), subscores(in.get(1))));
                case "combine_all" -> whole(Combine.all("all", in.get(0).doubleValue(), subscores(in.get(1))));
                case "grade" -> whole(Grade.read((ObjectNode) in.get(0)));
                default -> throw new AssertionError(call.function());
            };
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    private static List<String> texts(JsonNode texts) {
        return texts.valueStream().map(JsonNode::stringValue).toList();
    }

    private static List<SubScore> subscores(JsonNode items) {
        return items.valueStream().map(SubScore::read).toList();
    }

    private static JsonNode whole(SubScore one) {
        var json = Json.object().put("name", one.name()).put("weight", one.weight()).put("value", one.value());
        json.set("children", one.children() == null ? null : whole(one.children()));
        json.set("info", one.info());
        return json;
    }

    private static JsonNode whole(List<SubScore> several) {
        var array = Json.array();
        several.forEach(one -> array.add(whole(one)));
        return array;
    }

    private static JsonNode whole(EvaluationResult result) {
        var json = Json.object().put("reward", result.reward()).put("done", result.done()).put("content", result.content());
        json.set("info", result.info());
        json.put("isError", result.isError());
        json.set("subscores", result.subscores() == null ? null : whole(result.subscores()));
        return json.setAll(result.extras());
    }

    private static JsonNode whole(Grade grade) {
        return Json.array().add(grade.reward()).add(grade.done()).add(grade.content()).add(grade.info()).add(grade.isError())
                .add(grade.evaluation());
    }

    /** Text by its code points, floats to the last digits but one, and 1 is not 1.0. */
    private static boolean same(JsonNode expected, JsonNode actual) {
        if (expected.isNumber() && actual.isNumber()) {
            double a = Json.doubleOf(expected);
            double b = Json.doubleOf(actual);
            return expected.isIntegralNumber() == actual.isIntegralNumber()
                    && (Double.compare(a, b) == 0 || a == b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)));
        }
        if (expected.isObject() && actual.isObject()) {
            return Set.copyOf(expected.propertyNames()).equals(Set.copyOf(actual.propertyNames()))
                    && expected.properties().stream().allMatch(member -> same(member.getValue(), actual.get(member.getKey())));
        }
        if (expected.isArray() && actual.isArray()) {
            return expected.size() == actual.size()
                    && IntStream.range(0, expected.size()).allMatch(at -> same(expected.get(at), actual.get(at)));
        }
        return expected.equals(actual);
    }
}
