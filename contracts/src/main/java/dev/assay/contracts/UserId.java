// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A user: whose API key it is. Minted here. */
public record UserId(UUID value) implements Id {

    /**
     * Reads the id in any form that clients use: dashed or bare hex, any case, with or without braces.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    @JsonCreator
    public static UserId parse(String text) {
        return new UserId(Uuids.parse(text));
    }

    public static UserId random() {
        return new UserId(UUID.randomUUID());
    }

    /** The canonical form: lower case, dashed. */
    @Override
    @JsonValue
    public String toString() {
        return value.toString();
    }
}
