// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A member that is JSON's null arrives as a node that stands for null; here it is absent, so that one check finds both. */
public final class JsonNull {

    private JsonNull() {}

    public static @Nullable JsonNode absent(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node;
    }
}
