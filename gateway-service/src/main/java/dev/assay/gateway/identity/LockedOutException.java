// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import org.springframework.security.core.AuthenticationException;

/** A key that nobody has, from an address that too many of those came from. */
final class LockedOutException extends AuthenticationException {

    private final int retryAfter;

    /** @param retryAfter seconds */
    LockedOutException(int retryAfter) {
        super("This key is not valid here, and many others from your address were not either. Keys that nobody has are looked at again in "
                + retryAfter + " seconds; a good key is taken at any time.");
        this.retryAfter = retryAfter;
    }

    int retryAfter() {
        return retryAfter;
    }
}
