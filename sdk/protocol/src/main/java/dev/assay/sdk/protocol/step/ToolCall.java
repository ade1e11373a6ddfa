// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the model wants done.
 *
 * @param arguments an object, or the model's own text where that was no JSON object
 * @param annotation a word for people on what the call does
 * @param providerName the provider's name for the tool where it differs
 * @param meta what the harness itself wants to know of the call when it is answered
 * @param extras further members of the call as the provider has them, such as {@code pending_safety_checks}
 */
public record ToolCall(
        String name,
        @Nullable JsonNode arguments,
        @Nullable String id,
        @Nullable String annotation,
        @JsonProperty("provider_name") @Nullable String providerName,
        @Nullable ObjectNode meta,
        @JsonIgnore Map<String, JsonNode> extras) {

    public ToolCall(String name, @Nullable JsonNode arguments, @Nullable String id) {
        this(name, arguments, id, null);
    }

    public ToolCall(String name, @Nullable JsonNode arguments, @Nullable String id, @Nullable String providerName) {
        this(name, arguments, id, null, providerName, null, Map.of());
    }

    public ToolCall withMeta(ObjectNode told) {
        return new ToolCall(name, arguments, id, annotation, providerName, told, extras);
    }

    public ToolCall withExtra(String member, JsonNode value) {
        return new ToolCall(name, arguments, id, annotation, providerName, meta, Map.of(member, value));
    }

    @JsonAnyGetter
    Map<String, JsonNode> furtherMembers() {
        return extras;
    }
}
