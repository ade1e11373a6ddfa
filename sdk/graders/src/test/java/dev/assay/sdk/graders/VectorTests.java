// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class VectorTests {

    private static final Map<String, Integer> ran = new TreeMap<>();
    private static final List<String> COVERED = List.of(
            "normalize", "exact_match", "contains", "contains_any", "contains_all", "numeric_match", "f1_score", "SubScore",
            "SubScore.to_summary", "EvaluationResult", "EvaluationResult.from_float", "combine", "combine_any", "combine_all",
            "json_safe", "grade.frame", "grade.parse", "BashGrader.grade");

    static Stream<Vectors.Case> cases() throws IOException {
        return Vectors.all().stream().filter(one -> COVERED.contains(one.function()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithThePublishedClient(Vectors.Case one) throws Exception {
        var call = callable(one);
        if (one.expectsError()) {
            assertThatThrownBy(call::call).isInstanceOfAny(expected(one));
        } else {
            var actual = call.call();
            assertThat(Vectors.same(Vectors.plain(one.expected()), actual))
                    .as("%s gave %s, expected %s", one.in(), actual, one.expected())
                    .isTrue();
        }
        count(one);
    }

    /** What the compiler refuses, where Python refuses only when it runs, agrees with nothing: it is left out and not counted. */
    private static Callable<JsonNode> callable(Vectors.Case one) {
        try {
            return call(one);
        } catch (ClassCastException | NullPointerException | ArithmeticException inexpressible) {
            return abort("cannot be written in Java");
        }
    }

    /** The port's own kind of error; what the code of a user raises comes through as it is. */
    private static Class<?>[] expected(Vectors.Case one) {
        if (one.in().toString().contains("raises\"")) {
            return new Class<?>[] {IllegalStateException.class};
        }
        boolean folder = one.out().path("error").asString("").equals("NotADirectoryError");
        return new Class<?>[] {folder ? IOException.class : IllegalArgumentException.class};
    }

    private static void count(Vectors.Case one) {
        ran.merge(one.function(), 1, Integer::sum);
    }

    @AfterAll
    static void report() {
        System.out.println("grading vectors that ran: " + ran + ", in all " + ran.values().stream().mapToInt(Integer::intValue).sum());
        assertThat(ran.keySet()).containsAll(COVERED);
    }

    private static Callable<JsonNode> call(Vectors.Case one) {
        var in = one.in();
        var answer = Vectors.value(in.path("answer"));
        boolean cased = in.path("case_sensitive").asBoolean(false);
        return switch (one.function()) {
            case "normalize" -> {
                assumeTrue(!in.path("text").has("$bytes"), "Java's byte arrays have no text form");
                yield () -> JsonNodeFactory.instance.stringNode(Compare.normalize(Vectors.value(in.get("text"))));
            }
            case "exact_match" -> {
                var expected = Vectors.value(in.path("expected"));
                boolean normalize = in.path("normalize_text").asBoolean(true);
                var text = normalize ? "" : (String) require(expected);
                yield () -> number(normalize ? Compare.exactMatch(answer, expected) : Compare.sameText(answer, text));
            }
            case "contains" -> {
                var text = (String) require(Vectors.value(in.path("substring")));
                yield () -> number(Compare.contains(answer, text, cased));
            }
            case "contains_any" -> {
                var texts = texts(in.path("substrings"));
                yield () -> number(Compare.containsAny(answer, texts, cased));
            }
            case "contains_all" -> {
                var texts = texts(in.path("substrings"));
                yield () -> number(Compare.containsAll(answer, texts, cased));
            }
            case "numeric_match" -> {
                double expected = real(in.path("expected"));
                double tolerance = in.has("tolerance") ? real(in.get("tolerance")) : 0;
                yield () -> number(Compare.numericMatch(answer, expected, tolerance));
            }
            case "f1_score" -> () -> number(Compare.f1Score(answer, Vectors.value(in.path("reference"))));
            case "SubScore" -> () -> SubScore.read(Vectors.plain(in)).summary(true);
            case "SubScore.to_summary" -> () -> SubScore.read(Vectors.plain(in)).summary();
            case "EvaluationResult" -> () -> checked(EvaluationResult.read(Vectors.plain(in)), one);
            case "EvaluationResult.from_float" -> () -> result(reward(Vectors.plain(in.get("value"))));
            case "combine" -> {
                assumeTrue(
                        in.get("items").valueStream().noneMatch(item -> item.has("$not_a_subscore") || item.path("$await").isNumber()),
                        "the compiler refuses it");
                yield () -> combined(in.get("items"));
            }
            case "combine_any", "combine_all" -> {
                assumeTrue(!in.has("name") || in.get("name").isString(), "the compiler refuses it");
                yield () -> nested(one.function(), in).summary(true);
            }
            case "json_safe" -> () -> JsonSafe.of(Vectors.value(in.get("value")));
            case "BashGrader.grade" -> bash(in.get("kwargs"));
            case "grade.frame" -> frame(in.get("yields"));
            case "grade.parse" -> parse(in);
            default -> throw new IllegalStateException(one.function());
        };
    }

    private static Callable<JsonNode> frame(JsonNode yields) {
        assumeTrue(!yields.has("$object_with_reward"), "Java knows no duck typing");
        assumeTrue(!yields.has("$nothing"), "a Java template always returns something");
        if (yields.has("$raises")) {
            return () -> {
                throw new IllegalStateException();
            };
        }
        var evaluation = yields.has("$result")
                ? EvaluationResult.read(Vectors.plain(yields.get("$result")))
                : yields.isObject() && yields.propertyNames().stream().noneMatch(name -> name.startsWith("$"))
                        ? Vectors.plain(yields)
                        : Vectors.value(yields);
        return () -> GradeFrame.of("t", evaluation);
    }

    private static Callable<JsonNode> bash(JsonNode arguments) {
        var command = (String) require(Vectors.value(arguments.path("command")));
        assumeTrue(!arguments.has("unknown"), "Java knows no keywords");
        assumeTrue(!command.startsWith("echo part"), "depends on how fast a shell starts; see BashGraderTests");
        var directory = arguments.has("cwd") ? Path.of(arguments.get("cwd").stringValue()) : null;
        var limit = arguments.has("timeout_seconds")
                ? Duration.ofMillis(Math.round(arguments.get("timeout_seconds").doubleValue() * 1000))
                : null;
        return () -> new BashGrader(command, directory, limit, null).grade(1).summary(true);
    }

    private static Callable<JsonNode> parse(JsonNode in) {
        assumeTrue(!in.has("$ungraded"), "a run without a grade has no frame");
        return () -> {
            var grade = Grade.read((ObjectNode) Vectors.plain(in));
            return Json.object()
                    .put("reward", grade.reward())
                    .put("done", grade.done())
                    .put("content", grade.content())
                    .<ObjectNode>set("info", grade.info())
                    .put("is_error", grade.isError())
                    .set("evaluation", grade.evaluation());
        };
    }

    private static EvaluationResult reward(JsonNode value) {
        return EvaluationResult.read(Json.object().set("reward", value));
    }

    private static JsonNode checked(EvaluationResult result, Vectors.Case one) {
        assertThat(result.warnings()).hasSameSizeAs(one.warnings());
        return result(result);
    }

    private static JsonNode result(EvaluationResult result) {
        var json = Json.object().put("reward", result.reward()).put("done", result.done()).put("content", result.content());
        json.set("info", result.info());
        json.put("isError", result.isError());
        json.set("subscores", result.subscores() == null ? null : SubScore.array(result.subscores(), true));
        return json.setAll(result.extras());
    }

    private static JsonNode combined(JsonNode items) throws Exception {
        boolean concurrent = items.valueStream().anyMatch(item -> item.has("$await"));
        if (!concurrent) {
            return result(Combine.combine(items.valueStream().map(VectorTests::subscore).toList()));
        }
        return result(Combine.combineConcurrently(items.valueStream().map(VectorTests::grader).toList()));
    }

    private static Callable<SubScore> grader(JsonNode item) {
        return () -> {
            Thread.sleep(item.path("after_ms").asInt(0));
            if (item.path("$await").has("raises")) {
                throw new IllegalStateException(item.get("$await").get("raises").stringValue());
            }
            return subscore(item.has("$await") ? item.get("$await") : item);
        };
    }

    private static SubScore subscore(JsonNode item) {
        for (var combiner : List.of("combine_any", "combine_all")) {
            if (item.has("$" + combiner)) {
                return nested(combiner, item.get("$" + combiner));
            }
        }
        return SubScore.read(Vectors.plain(item));
    }

    private static SubScore nested(String combiner, JsonNode in) {
        boolean any = combiner.equals("combine_any");
        var name = in.has("name") ? (String) require(Vectors.value(in.get("name"))) : any ? "any" : "all";
        double weight = Lax.number(Vectors.plain(in.get("weight")), "weight");
        var items = in.get("items").valueStream().map(VectorTests::subscore).toList();
        return any ? Combine.any(name, weight, items) : Combine.all(name, weight, items);
    }

    private static List<String> texts(JsonNode node) {
        var value = Vectors.value(node);
        if (value instanceof String text) {
            return text.codePoints().mapToObj(Character::toString).toList();
        }
        Collection<?> items = value instanceof Map<?, ?> map ? map.keySet() : (Collection<?>) require(value);
        return items.stream().map(item -> (String) require(item)).toList();
    }

    private static double real(JsonNode node) {
        if (Vectors.value(node) instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        var number = (Number) require(Vectors.value(node));
        if (node.has("$int") && Double.isInfinite(number.doubleValue())) {
            throw new ArithmeticException("no double is that large");
        }
        return number.doubleValue();
    }

    private static Object require(@Nullable Object value) {
        return Objects.requireNonNull(value);
    }

    private static JsonNode number(double value) {
        return JsonNodeFactory.instance.numberNode(value);
    }
}
