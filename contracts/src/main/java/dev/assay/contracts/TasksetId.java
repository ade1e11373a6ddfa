// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A taskset of a team. */
public record TasksetId(UUID value) implements Id {

    /**
     * Reads the id in any form that clients use: dashed or bare hex, any case, with or without braces.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    @JsonCreator
    public static TasksetId parse(String text) {
        return new TasksetId(Uuids.parse(text));
    }

    public static TasksetId random() {
        return new TasksetId(UUID.randomUUID());
    }

    /** The canonical form: lower case, dashed. */
    @Override
    @JsonValue
    public String toString() {
        return value.toString();
    }
}
