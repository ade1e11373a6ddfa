// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.openapi;

import dev.assay.kit.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Model calls in the API document. No handler tells of them: they are taken before there is one. */
final class InferencePaths {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private InferencePaths() {}

    /** An OpenAPI document of model calls alone, made of {@code openapi/inference.json}. */
    static ObjectNode document() {
        var file = read();
        var document = JsonNodeFactory.instance.objectNode();
        document.putObject("components").set("schemas", file.path("schemas"));
        var paths = document.putObject("paths");
        for (var call : file.path("calls")) {
            for (var path : call.path("paths")) {
                paths.putObject(path.asString()).set("post", operation(call, path.asString(), file.path("refusals")));
            }
        }
        return document;
    }

    private static ObjectNode operation(JsonNode call, String path, JsonNode refusals) {
        var operation = JsonNodeFactory.instance.objectNode();
        operation.putArray("tags").add("Inference");
        operation.set("summary", call.path("summary"));
        operation.set("description", call.path("description"));
        operation.putArray("x-admits").add(Role.MEMBER.word()).add(Role.RUN.word());
        var parameters = PARAMETER.matcher(path);
        while (parameters.find()) {
            var parameter = operation.withArrayProperty("parameters").addObject();
            parameter.put("name", parameters.group(1)).put("in", "path").put("required", true);
            parameter.putObject("schema").put("type", "string").put("pattern", "^[^\\u0000-\\u001f\\u007f]+$");
        }
        call.path("query").properties().forEach(query -> {
            var parameter = operation.withArrayProperty("parameters").addObject();
            parameter.put("name", query.getKey()).put("in", "query").put("required", false).set("schema", query.getValue());
        });
        var body = operation.putObject("requestBody").put("required", true).putObject("content").putObject("application/json");
        body.set("schema", call.path("body"));
        body.set("example", call.path("example"));
        var responses = operation.putObject("responses");
        var streams = call.path("streams").asBoolean(false);
        var answer = responses.putObject("200").put("description", streams ? "The answer, or a stream of its events" : "The answer");
        var schema = answer.putObject("content").putObject("application/json").putObject("schema");
        if (call.has("query")) {
            var either = schema.putArray("anyOf"); // Google's stream as a list
            either.addObject().put("type", "object");
            either.addObject().put("type", "array").putObject("items").put("type", "object");
        } else {
            schema.put("type", "object");
        }
        if (streams) {
            answer.withObjectProperty("content").putObject("text/event-stream");
        }
        refusals.properties().forEach(refusal -> responses.putObject(refusal.getKey())
                .put("description", refusal.getValue().asString())
                .putObject("content").putObject("application/json").putObject("schema")
                .put("$ref", "#/components/schemas/" + call.path("error").asString()));
        // what a path may not be is said before anybody knows what it asks for
        responses.withObjectProperty("400").withObjectProperty("content").putObject("application/problem+json").putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
        return operation;
    }

    private static JsonNode read() {
        try (var file = Objects.requireNonNull(InferencePaths.class.getResourceAsStream("/openapi/inference.json"), "inference.json")) {
            return JsonMapper.shared().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
