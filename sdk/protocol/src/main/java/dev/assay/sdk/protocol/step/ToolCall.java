// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the model wants done.
 *
 * @param arguments an object, or the model's own text where that was no JSON object
 * @param annotation a word for people on what the call does
 * @param providerName the provider's name for the tool where it differs
 */
public record ToolCall(
        String name,
        @Nullable JsonNode arguments,
        @Nullable String id,
        @Nullable String annotation,
        @JsonProperty("provider_name") @Nullable String providerName) {

    public ToolCall(String name, @Nullable JsonNode arguments, @Nullable String id) {
        this(name, arguments, id, null, null);
    }
}
