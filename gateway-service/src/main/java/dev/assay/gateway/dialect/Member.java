// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonToken;

/**
 * Where the value of a member of a JSON object stands, in bytes from the beginning.
 *
 * @param to the first byte behind it
 */
public record Member(int from, int to) {

    /**
     * Finds members of the top level without building anything of them; of two of a name the last.
     *
     * @throws tools.jackson.core.JacksonException if it is no JSON
     */
    public static Map<String, Member> in(byte[] json, int length, Set<String> wanted) {
        var found = new HashMap<String, Member>();
        try (var in = ModelJson.MAPPER.createParser(json, 0, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return found;
            }
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = in.currentName();
                in.nextToken();
                var from = (int) in.currentTokenLocation().getByteOffset();
                in.skipChildren();
                if (wanted.contains(name)) {
                    in.finishToken();
                    found.put(name, new Member(from, (int) in.currentLocation().getByteOffset()));
                }
            }
        }
        return found;
    }
}
