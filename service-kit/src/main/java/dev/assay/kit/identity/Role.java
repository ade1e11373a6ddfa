// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

/** What a token is good for. */
public enum Role {
    /** Somebody of a team, through the public API. */
    MEMBER,
    /** A worker, through {@code /internal}. */
    WORKER,
    /** Another service, through {@code /internal}. */
    SERVICE
}
