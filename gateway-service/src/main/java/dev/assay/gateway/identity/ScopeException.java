// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import org.springframework.security.core.AuthenticationException;

/** A key is good, but its scopes do not open what was asked for. */
final class ScopeException extends AuthenticationException {

    ScopeException(String message) {
        super(message);
    }
}
