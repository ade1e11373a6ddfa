// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** What the recorded conversations do not hold. */
class StrictSchemaTests {

    @Test
    void aSchemaThatRefersToItselfWithWordsBesideGoesAsItIs() {
        var schema = Json.MAPPER.readTree("""
                {"type": "object", "properties": {"tree": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": {"type": "object", "properties": {
                 "left": {"$ref": "#/$defs/Node", "description": "one"}, "right": {"$ref": "#/$defs/Node", "description": "other"}}}}}""");
        var before = schema.deepCopy();

        assertThat(StrictSchema.of(schema)).isEqualTo(before);
    }

    @Test
    void oneThatRefersToItselfAloneIsMadeStrict() {
        var schema = Json.MAPPER.readTree("""
                {"type": "object", "properties": {"next": {"$ref": "#"}}}""");

        assertThat(StrictSchema.of(schema)).isEqualTo(Json.MAPPER.readTree("""
                {"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false, "required": ["next"]}"""));
    }

    /** Each of forty levels writes the next one out twice. */
    @Test
    @Timeout(60)
    void oneThatGrowsBeyondMeasureGoesAsItIs() {
        var schema = Json.MAPPER.readTree("{\"type\": \"object\", \"properties\": {\"x\": {\"$ref\": \"#/$defs/d0\", \"description\": \"\"}}}");
        var levels = ((ObjectNode) schema).putObject("$defs");
        for (var level = 0; level < 40; level++) {
            var properties = levels.putObject("d" + level).put("type", "object").putObject("properties");
            for (var name : List.of("x", "y")) {
                properties.putObject(name).put("$ref", "#/$defs/d" + (level + 1)).put("description", "");
            }
        }
        levels.putObject("d40").put("type", "string");

        assertThat(StrictSchema.of(schema)).isEqualTo(schema.deepCopy());
    }

    @Test
    void whatTheServerSaidIsNotChanged() {
        var schema = Json.MAPPER.readTree("""
                {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}}""");
        var before = schema.deepCopy();

        StrictSchema.of(schema);

        assertThat(schema).isEqualTo(before);
    }
}
