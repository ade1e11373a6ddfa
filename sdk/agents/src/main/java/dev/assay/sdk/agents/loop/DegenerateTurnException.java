// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import java.io.IOException;

/** A model's turn of no use, which was not kept. It has cost a step, and the next one asks again. */
public final class DegenerateTurnException extends IOException {

    public DegenerateTurnException(String message) {
        super(message);
    }
}
