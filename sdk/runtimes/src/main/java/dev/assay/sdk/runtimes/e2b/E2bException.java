// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;

/** E2B did not do what it was asked for; the message says why, for people. */
final class E2bException extends IOException {

    private final int status;

    /** @param status of HTTP; 0: there was no answer */
    E2bException(int status, String message) {
        super(message);
        this.status = status;
    }

    boolean isNotFound() {
        return status == 404;
    }

    /** A refused credential is mended by nobody's asking again. */
    boolean isRefused() {
        return status == 401 || status == 403;
    }

    /** What was asked for is to blame if it was taken for a bad request; else an account, its quota, or E2B itself. */
    SandboxException during(String what) {
        var said = what + ": " + getMessage();
        return status == 400 ? new SandboxException(said) : SandboxException.ofHost(said, this);
    }

    static String meaning(int status) {
        return switch (status) {
            case 401, 403 -> "E2B does not take the team's credential (" + status + ")";
            case 402, 429 -> "the team's quota at E2B is used up (" + status + ")";
            default -> "E2B answered " + status;
        };
    }
}
