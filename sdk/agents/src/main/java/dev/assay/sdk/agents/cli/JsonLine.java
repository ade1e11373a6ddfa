// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A line of a program that tells in JSON what it does. */
final class JsonLine {

    private static final int SHOWN = 200;

    private JsonLine() {}

    /**
     * The object that the line holds; null if it is blank.
     *
     * @throws CliException if it holds something else
     */
    static @Nullable ObjectNode read(String program, String line) throws CliException {
        if (line.isBlank()) {
            return null;
        }
        try {
            if (Json.MAPPER.readTree(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            // told below
        }
        throw new CliException(program + " wrote a line that is no JSON object: "
                + PythonText.repr(line.substring(0, Math.min(SHOWN, line.length()))));
    }

    /**
     * A text that an event must have.
     *
     * @throws CliException if it has none
     */
    static String text(String program, JsonNode event, String member) throws CliException {
        var value = event.path(member);
        if (!value.isString()) {
            throw new CliException(program + " told of a '" + event.path("type").asString("") + "' without its '" + member + "'");
        }
        return value.stringValue();
    }
}
