// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From a task's JSON to a record, and what clients are told of the record. */
class ArgumentsTests {

    enum Level {
        EASY,
        HARD
    }

    record Point(int x, @Nullable Integer y) {}

    record Many(
            int whole,
            boolean flag,
            double real,
            List<Integer> items,
            Map<String, String> words,
            Level level,
            @Nullable Point point,
            @Default("fallback") @JsonProperty("retry_count") String retryCount,
            @Nullable JsonNode anything) {}

    private static final DeclaredTemplate<Many, JsonNode> TEMPLATE = template(Many.class);

    private static <A> DeclaredTemplate<A, JsonNode> template(Class<A> arguments) {
        return new DeclaredTemplate<>("t", "", arguments, JsonNode.class, (_, _) -> 1);
    }

    private static ObjectNode args(String json) {
        return (ObjectNode) Json.MAPPER.readTree(json);
    }

    @Test
    void bindsWhatFits() {
        var bound = TEMPLATE.bind(args("""
                {"whole": 7, "flag": true, "real": 1, "items": [1, 2], "words": {"a": "b"}, "level": "HARD", "point": {"x": 1},
                 "anything": [null]}"""));
        assertThat(bound)
                .usingRecursiveComparison()
                .ignoringFields("anything")
                .isEqualTo(new Many(7, true, 1, List.of(1, 2), Map.of("a", "b"), Level.HARD, new Point(1, null), "fallback", null));
        assertThat(bound.anything()).hasToString("[null]");
    }

    @Test
    void readsTextThatHoldsTheValue() {
        var bound = TEMPLATE.bind(args("""
                {"whole": "7", "flag": "true", "real": "1.5", "items": "[1, 2]", "words": "{\\"a\\": \\"b\\"}", "level": "EASY",
                 "point": "{\\"x\\": 1, \\"y\\": 2}", "retry_count": "3"}"""));
        assertThat(bound)
                .isEqualTo(new Many(7, true, 1.5, List.of(1, 2), Map.of("a", "b"), Level.EASY, new Point(1, 2), "3", null));
    }

    record Whole(int n) {}

    @ParameterizedTest
    @CsvSource({"7, 7", "7.0, 7", "\"7\", 7"})
    void takesAWholeNumberHoweverItIsWritten(String json, int expected) {
        assertThat(template(Whole.class).bind(args("{\"n\": " + json + "}"))).isEqualTo(new Whole(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "7.5 | 7.5 does not fit 'n'", "\"\" | '' does not fit 'n'", "[] | [] does not fit 'n'", "null | 'n' must not be null"
    })
    void refusesWhatDoesNotFit(String json, String reason) {
        assertThatThrownBy(() -> template(Whole.class).bind(args("{\"n\": " + json + "}")))
                .hasMessage("task 't': bad args ['n']: " + reason);
    }

    record Picky(String word) {
        Picky {
            if (word.isBlank()) {
                throw new IllegalArgumentException("a word, please");
            }
        }
    }

    @Test
    void letsTheRecordRefuse() {
        assertThatThrownBy(() -> template(Picky.class).bind(args("{\"word\": \" \"}")))
                .hasMessage("task 't': bad args ['word']: a word, please");
    }

    enum Colour {
        RED,
        GREEN;

        @Override
        public String toString() {
            return "the colour " + name().toLowerCase(Locale.ROOT);
        }
    }

    record Painted(Colour colour) {}

    @Test
    void readsAnEnumByTheNameThatItsSchemaLists() {
        assertThat(Schema.ofArguments(Painted.class).path("properties").path("colour").path("enum")).hasToString("[\"RED\",\"GREEN\"]");
        assertThat(template(Painted.class).bind(args("{\"colour\": \"GREEN\"}"))).isEqualTo(new Painted(Colour.GREEN));
    }

    record Inner(String word, @Nullable String note) {}

    record Outer(Inner inner, List<Inner> more, Map<String, Inner> named) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"inner\": {}, \"more\": [], \"named\": {}}",
        "{\"inner\": {\"word\": null}, \"more\": [], \"named\": {}}",
        "{\"inner\": {\"word\": \"a\"}, \"more\": [{\"note\": \"b\"}], \"named\": {}}",
        "{\"inner\": {\"word\": \"a\"}, \"more\": [], \"named\": {\"k\": {\"note\": \"b\"}}}"
    })
    void refusesARecordInsideThatLacksWhatItsSchemaRequires(String json) {
        assertThatThrownBy(() -> template(Outer.class).bind(args(json))).hasMessageContaining("does not fit");
    }

    @Test
    void takesARecordInsideThatLacksOnlyWhatItMay() {
        assertThat(template(Outer.class).bind(args("{\"inner\": {\"word\": \"a\"}, \"more\": [{\"word\": \"b\"}], \"named\": {}}")))
                .isEqualTo(new Outer(new Inner("a", null), List.of(new Inner("b", null)), Map.of()));
    }

    static final class One {
        record Part(int a) {}
    }

    static final class Other {
        record Part(String b) {}
    }

    record Parts(One.Part one, Other.Part other, One.Part again) {}

    @Test
    void describesTwoRecordsOfOneNameApart() {
        var schema = Schema.ofArguments(Parts.class);
        var one = schema.path("properties").path("one").path("$ref").stringValue();
        var other = schema.path("properties").path("other").path("$ref").stringValue();
        assertThat(one).isNotEqualTo(other).isEqualTo(schema.path("properties").path("again").path("$ref").stringValue());
        assertThat(schema.at(one.substring(1)).path("properties").propertyNames()).containsExactly("a");
        assertThat(schema.at(other.substring(1)).path("properties").propertyNames()).containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", value = {
        "\"3.10\" | 3.10", "\"1e3\" | 1e3", "\"hello\" | hello", "\"\\\"hello\\\"\" | hello", "\"null\" | null", "\"true\" | true",
        "\"[1]\" | [1]", "5 | null", "[\"a\"] | null"
    })
    void aTextAnswerIsTheTextThatWasGivenUnlessItIsJsonText(String answer, @Nullable String content) {
        assertThat(Answer.of(args("{\"answer\": " + answer + "}"), String.class).content())
                .isEqualTo(answer.equals("\"null\"") ? "null" : content);
    }

    @Test
    void anAnswerThatWasNotGivenReadsEmptyWhereATypeIsDeclaredAndNoneWhereNot() {
        assertThat(Answer.of(args("{}"), Integer.class).text()).isEmpty();
        assertThat(Answer.of(args("{\"answer\": null}"), Integer.class).text()).isEqualTo("None");
        assertThat(Answer.of(args("{}"), JsonNode.class).text()).isEqualTo("None");
        assertThat(Answer.of(args("{}"), Integer.class).content()).isNull();
    }

    @Test
    void anAnswerWithoutWhatItsTypeRequiresIsNone() {
        assertThat(Answer.of(args("{\"answer\": \"{\\\"note\\\": \\\"b\\\"}\"}"), Inner.class).content()).isNull();
        assertThat(Answer.of(args("{\"answer\": {\"word\": 5}}"), Inner.class).content()).isNull();
        assertThat(Answer.of(args("{\"answer\": {\"word\": \"5\"}}"), Inner.class).content()).isEqualTo(new Inner("5", null));
    }

    @Test
    void describesTheRecord() {
        assertThat(Schema.ofArguments(Many.class)).hasToString(("""
                {"$defs":{"Point":{"properties":{"x":{"title":"X","type":"integer"},"y":{"anyOf":[{"type":"integer"},{"type":"null"}],\
                "default":null,"title":"Y"}},\
                "required":["x"],"title":"Point","type":"object"}},\
                "properties":{"whole":{"title":"Whole","type":"integer"},"flag":{"title":"Flag","type":"boolean"},\
                "real":{"title":"Real","type":"number"},"items":{"items":{"type":"integer"},"title":"Items","type":"array"},\
                "words":{"additionalProperties":{"type":"string"},"title":"Words","type":"object"},\
                "level":{"enum":["EASY","HARD"],"title":"Level","type":"string"},\
                "point":{"anyOf":[{"$ref":"#/$defs/Point"},{"type":"null"}],"default":null,"title":"Point"},\
                "retry_count":{"default":"fallback","title":"Retry Count","type":"string"},\
                "anything":{"anyOf":[{},{"type":"null"}],"default":null,"title":"Anything"}},\
                "required":["whole","flag","real","items","words","level"],"type":"object","additionalProperties":false}"""));
    }

    @Test
    void describesOtherTypes() {
        assertThat(Schema.ofArguments(ObjectNode.class))
                .hasToString("{\"properties\":{},\"type\":\"object\",\"additionalProperties\":true}");
        assertThat(Schema.ofArguments(Environment.NoArguments.class))
                .hasToString("{\"properties\":{},\"type\":\"object\",\"additionalProperties\":false}");
        assertThat(Schema.ofType(Integer.class)).hasToString("{\"type\":\"integer\"}");
        assertThat(Schema.ofType(Whole.class)).hasToString(
                "{\"properties\":{\"n\":{\"title\":\"N\",\"type\":\"integer\"}},\"required\":[\"n\"],"
                        + "\"title\":\"Whole\",\"type\":\"object\"}");
    }
}
