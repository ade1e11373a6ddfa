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

    boolean isBadRequest() {
        return status == 400;
    }

    /** What stands between here and a sandbox, rather than what is asked. */
    boolean isPassing() {
        return status >= 500;
    }

    /** Never the environment's fault: what an account does not give, such as so long a time or so large a size, E2B calls a bad request. */
    SandboxException during(String what) {
        return SandboxException.ofHost(what + ": " + getMessage(), this);
    }

    static String meaning(int status) {
        return switch (status) {
            case 401, 403 -> "E2B does not take the team's credential (" + status + ")";
            case 402, 429 -> "the team's quota at E2B is used up (" + status + ")";
            default -> "E2B answered " + status;
        };
    }
}
