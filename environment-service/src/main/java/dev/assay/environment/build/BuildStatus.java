// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

/** How far a build is. Clients poll while it is in progress and take any other word for the end: waiting for a worker is progress, too. */
enum BuildStatus {
    /** Triggered: waiting for a worker, or in a worker's hands. */
    IN_PROGRESS,
    /** The environment started and showed its manifest. */
    SUCCEEDED,
    /** It did not; the error message says why. */
    FAILED,
    /** Somebody cancelled it. */
    STOPPED
}
