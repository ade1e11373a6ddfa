// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

/** Tokens for who has no keys to sign with: somebody who has signs for it. Where there is such a bean, requests carry them. */
public interface LentTokens {

    /**
     * One that is good just now.
     *
     * @param audience the service that is to believe it
     * @throws IllegalStateException if nobody lends one for that
     */
    String token(String audience);
}
