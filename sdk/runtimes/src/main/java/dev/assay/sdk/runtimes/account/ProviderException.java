// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.util.List;

/** A provider did not do what it was asked for; the message says why, for people. */
public final class ProviderException extends IOException {

    private static final int LONGEST_REASON = 500;

    private final int status;

    /** @param status of HTTP; 0: there was no answer */
    public ProviderException(int status, String message) {
        super(message);
        this.status = status;
    }

    public boolean isNotFound() {
        return status == 404;
    }

    /** A refused credential is mended by nobody's asking again. */
    public boolean isRefused() {
        return status == 401 || status == 403;
    }

    public boolean isConflict() {
        return status == 409;
    }

    public boolean isBadRequest() {
        return status == 400;
    }

    /** What stands between here and a sandbox, rather than what is asked. */
    public boolean isPassing() {
        return status >= 500;
    }

    /** Whether the same may be answered otherwise a moment later: nothing was said, too much was asked at once, or it is the provider's own fault. */
    public boolean mayPass() {
        return status == 0 || status == 429 || status >= 500;
    }

    /** Never the environment's fault: what an account does not give, such as so long a time or so large a size, is called a bad request. */
    SandboxException during(String what) {
        return SandboxException.ofHost(what + ": " + getMessage(), this);
    }

    /** Without what only the team may know, and no longer than people read. */
    public static String shown(String words, List<String> secrets) {
        var masked = words;
        for (var secret : secrets) {
            masked = secret.isEmpty() ? masked : masked.replace(secret, "***");
        }
        masked = masked.strip();
        return masked.substring(0, Math.min(masked.length(), LONGEST_REASON));
    }

    /** In words, of an answer that is not success. */
    public static String meaning(String provider, int status) {
        return switch (status) {
            case 401 -> provider + " does not take the team's credential (401)";
            case 403 -> provider + " does not allow that with the team's credential (403)";
            case 402, 429 -> "the team's quota at " + provider + " is used up (" + status + ")";
            default -> provider + " answered " + status;
        };
    }
}
