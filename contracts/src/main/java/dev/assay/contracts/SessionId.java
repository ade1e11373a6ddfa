// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A runtime session: a sandbox that an agent elsewhere reaches through tunnels. Minted here. */
public record SessionId(UUID value) implements Id {

    /**
     * Reads the id in any form that clients use: dashed or bare hex, any case, with or without braces.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    @JsonCreator
    public static SessionId parse(String text) {
        return new SessionId(Uuids.parse(text));
    }

    public static SessionId random() {
        return new SessionId(UUID.randomUUID());
    }

    /** The canonical form: lower case, dashed. */
    @Override
    @JsonValue
    public String toString() {
        return value.toString();
    }
}
