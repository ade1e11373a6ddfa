// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.ModelError;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why an upstream gave no answer, or none that counts. Nothing of it has gone out to the client. */
public final class AskFailure extends IOException {

    public enum Kind {
        /** It cannot be connected to. */
        UNREACHABLE,
        /** A connection that had been kept was closed before a byte of an answer came: the call was not begun. */
        KEPT_CONNECTION_CLOSED,
        /** Its answer broke off, or was none at all. */
        BROKE_OFF,
        /** It did not begin in time. */
        LATE,
        /** It answered with an error; {@link #told()} has the status. */
        REFUSED,
        /** What came is none of the dialect's answers: a page, a redirection, no JSON. */
        STRANGE
    }

    private final Kind kind;
    private final transient ModelError told;

    /** @param told what the client is told if nobody else can be asked */
    public AskFailure(Kind kind, ModelError told, @Nullable Throwable cause) {
        super(told.message(), cause);
        this.kind = kind;
        this.told = told;
    }

    public Kind kind() {
        return kind;
    }

    public ModelError told() {
        return told;
    }
}
