// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.contracts.Uuids;
import dev.assay.kit.problem.Problem;
import java.util.UUID;

/** Reads the id of what has no type of its own for it. */
public final class ReadUuid {

    private ReadUuid() {}

    /** @throws Problem 400 naming the field if it is none */
    public static UUID of(String field, String text) {
        try {
            return Uuids.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field, e.getMessage());
        }
    }
}
