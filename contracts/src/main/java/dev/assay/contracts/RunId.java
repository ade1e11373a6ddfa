// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A run and its trace: one rollout of one agent on one task. Minted by the client as a UUID. */
public record RunId(UUID value) implements Id {

    /**
     * Reads the id in any form that clients use: dashed or bare hex, any case, with or without braces.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    @JsonCreator
    public static RunId parse(String text) {
        return new RunId(Uuids.parse(text));
    }

    /** The form that the client uses in span uploads and headers: 32 lower-case hex digits. */
    public String hex() {
        return Uuids.hex(value);
    }

    /** The canonical form: lower case, dashed. */
    @Override
    @JsonValue
    public String toString() {
        return value.toString();
    }
}
