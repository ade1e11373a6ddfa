// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.net.URI;
import java.util.Optional;

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

    /**
     * Where something is asked, and told a secret, which must not go through the open; empty if this is no such address.
     *
     * @param mayBeOpen whether the provider itself is asked that way
     */
    public static Optional<URI> sealed(String address, boolean mayBeOpen) {
        try {
            var uri = URI.create(address);
            boolean sealed = "https".equals(uri.getScheme()) || mayBeOpen && "http".equals(uri.getScheme());
            return sealed && uri.getHost() != null && uri.getUserInfo() == null ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
