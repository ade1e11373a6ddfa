// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.openapi;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One OpenAPI document made of several. What is named alike and is not alike gets its service's name in front. */
final class ApiDocument {

    private static final String SCHEMAS = "#/components/schemas/";

    private final ObjectNode paths = JsonNodeFactory.instance.objectNode();
    private final ObjectNode schemas = JsonNodeFactory.instance.objectNode();

    /**
     * Adds a service's document.
     *
     * @param publicPath under which path the public finds a path of the service; empty: nowhere
     */
    void add(String service, JsonNode document, Function<String, Optional<String>> publicPath) {
        var names = names(service, document.path("components").path("schemas"));
        document.path("components").path("schemas").properties().forEach(schema ->
                schemas.set(names.get(schema.getKey()), renamed(schema.getValue(), names)));
        document.path("paths").properties().forEach(path -> publicPath.apply(path.getKey())
                .ifPresent(found -> addPath(found, (ObjectNode) renamed(path.getValue(), names))));
    }

    private void addPath(String path, ObjectNode item) {
        if (path.endsWith("/")) {
            return; // the same as without
        }
        item.properties().forEach(entry -> {
            var operation = entry.getValue();
            ((ObjectNode) operation).put("operationId", operationId(entry.getKey(), path));
            if (!path.startsWith("/v2/") && !operation.has("security")) {
                ((ObjectNode) operation).putArray("security").addObject().putArray("key");
            }
        });
        if (paths.get(path) instanceof ObjectNode known) {
            known.setAll(item);
        } else {
            paths.set(path, item);
        }
    }

    /** Named by what is called, so that a generated client keeps its names whatever is added elsewhere. */
    private static String operationId(String method, String path) {
        return method + path.replace("{", "by_").replace("}", "").replaceAll("[^A-Za-z0-9]+", "_");
    }

    private Map<String, String> names(String service, JsonNode own) {
        var names = new HashMap<String, String>();
        own.properties().forEach(schema -> {
            var known = schemas.get(schema.getKey());
            var alike = known == null || known.equals(schema.getValue());
            names.put(schema.getKey(), alike ? schema.getKey() : service + "." + schema.getKey());
        });
        return names;
    }

    private static JsonNode renamed(JsonNode node, Map<String, String> names) {
        return switch (node) {
            case ObjectNode object -> {
                var copy = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(entry -> {
                    var reference = entry.getKey().equals("$ref") && entry.getValue().asString("").startsWith(SCHEMAS)
                            ? names.get(entry.getValue().asString().substring(SCHEMAS.length()))
                            : null;
                    if (reference == null) {
                        copy.set(entry.getKey(), renamed(entry.getValue(), names));
                    } else {
                        copy.put("$ref", SCHEMAS + reference);
                    }
                });
                yield copy;
            }
            case ArrayNode array -> {
                var copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(item -> copy.add(renamed(item, names)));
                yield copy;
            }
            default -> node;
        };
    }

    /** The document as a whole. */
    ObjectNode json(String description, String server) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("openapi", "3.1.0");
        json.putObject("info").put("title", "Assay").put("version", "2").put("description", description);
        json.putArray("servers").addObject().put("url", server);
        var security = json.putArray("security");
        security.addObject().putArray("key");
        security.addObject().putArray("browser");
        json.set("paths", paths);
        var components = json.putObject("components");
        components.set("schemas", schemas);
        var schemes = components.putObject("securitySchemes");
        schemes.putObject("key").put("type", "http").put("scheme", "bearer").put("description", "An API key.");
        schemes.putObject("admin").put("type", "http").put("scheme", "bearer").put("description", "The operator's token.");
        schemes.putObject("browser").put("type", "apiKey").put("in", "cookie").put("name", "__Host-assay-sign-in").put("description",
                "A signed-in browser, below `/v2` only; without https the cookie is named `assay-sign-in`. What changes something also "
                        + "needs the header `X-Requested-With`, with any value.");
        return json;
    }
}
