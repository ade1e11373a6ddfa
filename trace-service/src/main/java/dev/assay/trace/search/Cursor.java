// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.contracts.Uuids;
import dev.assay.kit.problem.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Behind which run a list goes on. */
record Cursor(Instant begunAt, UUID run) {

    static final String PATTERN = "^-?[0-9]{1,18}\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

    static Cursor behind(FoundRun run) {
        return new Cursor(run.begunAt(), run.runId().value());
    }

    /** @throws Problem 400 for anything that {@link #text()} never says */
    static Cursor of(String text) {
        try {
            if (text.matches(PATTERN)) {
                var dot = text.indexOf('.');
                var begunAt = Instant.EPOCH.plus(Long.parseLong(text.substring(0, dot)), ChronoUnit.MICROS);
                return new Cursor(begunAt, Uuids.parse(text.substring(dot + 1)));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // said below
        }
        throw Problem.badRequest("cursor", "not one that a page of a search gave");
    }

    String text() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, begunAt) + "." + run;
    }
}
