// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentCheckTests {

    private static final String SCHEMA = """
            {"$defs": {"Point": {"type": "object", "properties": {"x": {"type": "number"}}}},
             "properties": {
               "word": {"type": "string"}, "count": {"type": "integer"}, "share": {"type": "number"}, "loud": {"type": "boolean"},
               "names": {"type": "array", "items": {"type": "string"}}, "at": {"$ref": "#/$defs/Point"}, "anything": {"title": "Anything"},
               "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "side": {"enum": ["left", "right", 3], "type": "string"}},
             "required": ["word"], "type": "object", "additionalProperties": false}""";

    @Test
    void namesAreStrict() {
        assertThat(faults("{\"word\": \"x\"}")).isEmpty();
        assertThat(faults("{}")).containsExactly("argument 'word' is missing");
        assertThat(faults("{\"word\": \"x\", \"wrod\": 1}"))
                .singleElement()
                .asString()
                .startsWith("task 't' has no argument 'wrod': it takes anything, at, count");
    }

    @Test
    void whatAnEnvironmentTurnsIntoTheTypeFits() {
        for (var fitting : new String[] {
            "\"count\": 7", "\"count\": \"7\"", "\"count\": 7.0", "\"share\": \"1e3\"", "\"share\": 2", "\"loud\": \"true\"", "\"loud\": 1",
            "\"names\": \"[\\\"a\\\"]\"", "\"names\": []", "\"at\": {\"x\": 1}", "\"at\": \"{}\"", "\"anything\": [{}]", "\"anything\": null",
            "\"maybe\": null", "\"maybe\": \"3\"", "\"side\": \"left\"", "\"side\": \"3\"", "\"side\": 3.0"
        }) {
            assertThat(faults("{\"word\": \"x\", " + fitting + "}")).as(fitting).isEmpty();
        }
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        for (var wrong : new String[] {
            "\"count\": \"seven\"", "\"count\": 7.5", "\"count\": []", "\"share\": \"much\"", "\"share\": {}", "\"loud\": \"perhaps\"", "\"names\": 3",
            "\"at\": 3", "\"at\": []", "\"maybe\": {}", "\"side\": \"up\"", "\"count\": null"
        }) {
            assertThat(faults("{\"word\": \"x\", " + wrong + "}")).as(wrong).hasSize(1);
        }
        assertThat(faults("{\"word\": {}}")).containsExactly("argument 'word' must be of type string");
    }

    @Test
    void numbersBeyondEveryMachineTypeAreNumbers() {
        var huge = "1" + "0".repeat(400);
        for (var fitting : new String[] {
            "\"count\": " + huge, "\"share\": " + huge, "\"share\": 1E400", "\"share\": -1E400", "\"maybe\": " + huge, "\"word\": 1E400",
            "\"loud\": 1E400", "\"share\": 1e-400"
        }) {
            assertThat(faults("{\"word\": \"x\", " + fitting + "}")).as(fitting).isEmpty();
        }
        for (var wrong : new String[] {"\"side\": 1E400", "\"side\": " + huge, "\"names\": 1E400"}) {
            assertThat(faults("{\"word\": \"x\", " + wrong + "}")).as(wrong).hasSize(1);
        }
    }

    @Test
    void openTasksTakeEveryName() {
        assertThat(ArgumentCheck.faults("t", RawJson.tree("{\"properties\": {}, \"additionalProperties\": true}"), RawJson.tree("{\"a\": 1}"))).isEmpty();
        assertThat(ArgumentCheck.faults("t", RawJson.tree("{}").path("args"), RawJson.tree("{\"a\": 1}"))).isEmpty();
    }

    private static List<String> faults(String args) {
        return ArgumentCheck.faults("t", RawJson.tree(SCHEMA), RawJson.tree(args));
    }
}
