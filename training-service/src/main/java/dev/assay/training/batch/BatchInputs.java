// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.training.datum.Trajectory;

/** Hears of a batch's inputs, in their order, each as soon as it is read: a batch may be larger than memory. */
interface BatchInputs {

    /** What a run's own record says of it. */
    void recorded(RunId run);

    void given(Trajectory trajectory);
}
