// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import org.jspecify.annotations.Nullable;

/**
 * What opens a team's account with a provider of sandboxes.
 *
 * @param secret an API key; null: there is none
 * @param reason why there is none, one sentence for people; null: there is
 */
public record RuntimeCredential(@Nullable String secret, @Nullable String reason) {

    @Override
    public String toString() {
        return "RuntimeCredential[" + (secret == null ? reason : "***") + "]";
    }
}
