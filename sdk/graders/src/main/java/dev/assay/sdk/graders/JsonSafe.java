// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Any value as JSON, for what is kept beside a score: what cannot be written is replaced by a word on its type. */
public final class JsonSafe {

    /** An object that shows nothing of itself is not worth an empty pair of braces. */
    private static final JsonMapper STRICT =
            Json.MAPPER.rebuild().enable(SerializationFeature.FAIL_ON_EMPTY_BEANS).build();

    private JsonSafe() {}

    public static JsonNode of(@Nullable Object value) {
        return switch (value) {
            case JsonNode node -> node;
            case SubScore subscore -> subscore.toJson();
            case byte[] bytes -> text(bytes);
            case Map<?, ?> map -> {
                var object = Json.object();
                map.forEach((key, member) -> object.set(String.valueOf(key), of(member)));
                yield object;
            }
            case Collection<?> items -> {
                var array = Json.array();
                items.forEach(item -> array.add(of(item)));
                yield array;
            }
            case null -> JsonNodeFactory.instance.nullNode();
            default -> {
                try {
                    yield STRICT.valueToTree(value);
                } catch (JacksonException _) {
                    yield notSerializable(value.getClass().getSimpleName());
                }
            }
        };
    }

    private static JsonNode text(byte[] bytes) {
        try {
            return JsonNodeFactory.instance.stringNode(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            return notSerializable("bytes");
        }
    }

    private static JsonNode notSerializable(String type) {
        return JsonNodeFactory.instance.stringNode("<" + type + ": not serializable>");
    }
}
