// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** An environment of a team, whatever its version ("registry id" on the wire). */
public record EnvironmentId(UUID value) implements Id {

    /**
     * Reads the id in any form that clients use: dashed or bare hex, any case, with or without braces.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    @JsonCreator
    public static EnvironmentId parse(String text) {
        return new EnvironmentId(Uuids.parse(text));
    }

    public static EnvironmentId random() {
        return new EnvironmentId(UUID.randomUUID());
    }

    /** The canonical form: lower case, dashed. */
    @Override
    @JsonValue
    public String toString() {
        return value.toString();
    }
}
