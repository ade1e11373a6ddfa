// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Content without its pictures, sounds and files: in the place of each stands where it can be had. */
final class Referred {

    /** Less than this is no picture. */
    private static final int SMALL = 1024;

    private static final Set<String> CONTENT = Set.of("data", "blob");

    private Referred() {}

    /** A copy that JSON's own readers take, too: what it has no number for is null. */
    static JsonNode of(JsonNode value, String where) {
        return switch (value) {
            case ObjectNode object -> {
                var copy = Json.object();
                for (var member : object.properties()) {
                    if (CONTENT.contains(member.getKey()) && isLarge(member.getValue())) {
                        copy.put("uri", where);
                    } else {
                        copy.set(member.getKey(), of(member.getValue(), where));
                    }
                }
                yield copy;
            }
            case ArrayNode array -> {
                var copy = Json.array();
                array.forEach(element -> copy.add(of(element, where)));
                yield copy;
            }
            default -> isLarge(value) && value.stringValue().startsWith("data:") ? Json.tree(where) : Json.finite(value);
        };
    }

    private static boolean isLarge(JsonNode value) {
        return value.isString() && value.stringValue().length() > SMALL;
    }

    /** A block of content as a message's part. */
    static JsonNode part(JsonNode block, String where) {
        var content = block.path("resource").isObject() ? block.path("resource") : block;
        if (content.path("text").isString()) {
            return text(content.path("text").stringValue());
        }
        if (!content.path("data").isString() && !content.path("blob").isString() && !content.path("uri").isString()) {
            return block.isString() ? text(block.stringValue()) : of(block, where);
        }
        var type = content.path("mimeType").asString("");
        var part = Json.object()
                .put("type", "uri")
                .put("modality", type.contains("/") ? type.substring(0, type.indexOf('/')) : block.path("type").asString(""))
                .put("uri", content.path("data").isString() || content.path("blob").isString() ? where : content.path("uri").stringValue());
        return type.isEmpty() ? part : part.put("mime_type", type);
    }

    static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("content", text);
    }
}
