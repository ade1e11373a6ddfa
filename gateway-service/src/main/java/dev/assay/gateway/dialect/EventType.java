// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** What kind of event this is, for dialects whose events say so at their top level. */
final class EventType {

    private EventType() {}

    /**
     * Walks to the end, so that what is no JSON is not passed on.
     *
     * @return null: it is no object, or has no type
     * @throws tools.jackson.core.JacksonException if it is no JSON
     */
    static @Nullable String of(byte[] bytes, int from, int to) {
        String type = null;
        try (var in = ModelJson.MAPPER.createParser(bytes, from, to - from)) {
            if (in.nextToken() == JsonToken.START_OBJECT) {
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    var own = in.currentName().equals("type");
                    var value = in.nextToken();
                    if (own && value == JsonToken.VALUE_STRING) {
                        type = in.getString();
                    }
                    in.skipChildren();
                }
            } else {
                in.skipChildren();
            }
            in.nextToken();
        }
        return type;
    }
}
