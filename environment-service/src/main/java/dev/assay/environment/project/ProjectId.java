// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.assay.contracts.Id;
import dev.assay.contracts.Uuids;
import java.util.UUID;

/** A project of a team. */
public record ProjectId(UUID value) implements Id {

    /**
     * Reads the id in any form that clients use.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    @JsonCreator
    public static ProjectId valueOf(String text) {
        return new ProjectId(Uuids.parse(text));
    }

    @Override
    @JsonValue
    public String toString() {
        return value.toString();
    }
}
