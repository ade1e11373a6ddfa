// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import org.springframework.security.core.AuthenticationException;

/** A cookie is good, but who sent it did not send it on purpose. */
final class CrossSiteException extends AuthenticationException {

    CrossSiteException(String message) {
        super(message);
    }
}
