// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.step.TraceIds;

/** Ids of runs as callers write them: a UUID in any form, or a text of their own that stands for one. */
public final class RunIds {

    private static final int LONGEST = 200;

    private RunIds() {}

    public static RunId of(String text) {
        if (text.isBlank() || text.length() > LONGEST) {
            throw Problem.badRequest("id", "a run's id has 1 to " + LONGEST + " characters");
        }
        return RunId.parse(TraceIds.of(text));
    }
}
