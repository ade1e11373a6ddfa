// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One request to a model.
 *
 * @param path behind the endpoint's address, from its slash on; may end in a query
 * @param headers beside those of the endpoint, which stand
 * @param timeout of one try, until its answer has come (streamed: begun); null: as the providers' libraries have it
 */
public record ModelCall(String path, JsonNode body, Map<String, String> headers, @Nullable Duration timeout) {

    public ModelCall(String path, JsonNode body) {
        this(path, body, Map.of(), null);
    }
}
