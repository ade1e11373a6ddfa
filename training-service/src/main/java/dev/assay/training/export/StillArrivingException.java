// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.RunId;

/** A run is no row yet: its last steps may still come. */
final class StillArrivingException extends LeftOutException {

    private final transient RunId run;

    StillArrivingException(RunId run) {
        super("its last steps are still arriving");
        this.run = run;
    }

    RunId run() {
        return run;
    }
}
