// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Texts of members that come in pieces: joined once, for each joining copies all that came before. */
final class GrowingTexts {

    private final Map<ObjectNode, Map<String, StringBuilder>> texts = new IdentityHashMap<>(4);

    /** Behind what the member holds; it shows there only after {@link #join}. */
    void append(ObjectNode holder, String member, String more) {
        texts.computeIfAbsent(holder, unknown -> new HashMap<>(2))
                .computeIfAbsent(member, unknown -> new StringBuilder(holder.path(member).asString("")))
                .append(more);
    }

    /** Puts what has come so far where it belongs; more may come. */
    void join() {
        texts.forEach((holder, members) -> members.forEach((member, text) -> holder.put(member, text.toString())));
    }
}
