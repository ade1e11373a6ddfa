// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

/** Why a run is no row of what is asked for. */
sealed class LeftOutException extends Exception permits StillArrivingException {

    LeftOutException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
