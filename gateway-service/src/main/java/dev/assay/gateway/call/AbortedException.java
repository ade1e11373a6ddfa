// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import java.io.IOException;

/** A call was ended from outside while it was waited for. */
public final class AbortedException extends IOException {

    private final Ending ending;

    public AbortedException(Ending ending) {
        super(ending.name());
        this.ending = ending;
    }

    public Ending ending() {
        return ending;
    }
}
