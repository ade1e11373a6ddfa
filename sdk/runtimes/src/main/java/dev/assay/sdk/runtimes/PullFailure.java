// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.List;
import java.util.Locale;

/** Whose fault it is that an image was not pulled, by the only thing that engines and nodes tell of that: a sentence. */
public final class PullFailure {

    /** What registries say of a name that they have not, or do not give to whoever asked. */
    private static final List<String> REFUSED = List.of(
            "not found", "does not exist", "manifest unknown", "name unknown", "access denied", "access to the resource is denied", "unauthorized",
            "authentication required", "authorization failed", "no basic auth credentials", "incorrect username or password", "forbidden",
            "invalid reference", "no matching manifest", "no match for platform", "mediatype");

    private PullFailure() {}

    /**
     * Whether whoever named the image, or gave the credentials, has to change something. All else may be otherwise when it is tried again: a
     * registry that is away, or has heard too much, a full disk.
     */
    public static boolean isTheImages(String said) {
        var words = said.toLowerCase(Locale.ROOT);
        return REFUSED.stream().anyMatch(words::contains);
    }
}
