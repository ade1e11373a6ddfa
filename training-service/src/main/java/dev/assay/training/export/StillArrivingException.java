// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

/** A run is no row yet: its last steps may still come. */
final class StillArrivingException extends LeftOutException {

    StillArrivingException() {
        super("its last steps are still arriving");
    }
}
