// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

/** What a provider answered that something is done with, rather than shown. */
public final class ProviderAnswer {

    private ProviderAnswer() {}

    /**
     * What becomes a header.
     *
     * @param provider as people call it
     * @param what it should be, with its article
     */
    public static String header(String provider, String what, String told) throws ProviderException {
        if (told.isEmpty() || !told.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ProviderException(0, provider + " answered with " + what + " that is none");
        }
        return told;
    }
}
