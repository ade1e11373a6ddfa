// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.tool.Tool;
import tools.jackson.databind.JsonNode;

/**
 * A tool as one dialect offers it.
 *
 * @param declaration as it stands in the request's list of tools
 */
public record Offer(Tool tool, JsonNode declaration) {}
