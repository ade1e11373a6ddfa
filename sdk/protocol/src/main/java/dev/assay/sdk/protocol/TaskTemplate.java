// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an environment says of one of its templates.
 *
 * @param args the JSON schema of its arguments
 * @param input the JSON schema of what the agent gets, if declared
 * @param returns the JSON schema of the answer, if declared
 */
public record TaskTemplate(String id, String description, JsonNode args, @Nullable JsonNode input, @Nullable JsonNode returns) {}
