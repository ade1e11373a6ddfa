// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.Locale;
import java.util.regex.Pattern;

/** Whose fault it is that an image was not pulled, by the only thing that engines and nodes tell of that: a sentence. */
public final class PullFailure {

    /** What registries say of a name that they have not, or do not give to whoever asked. */
    private static final Pattern REFUSED = Pattern.compile("(?<!executable file )not found|does not exist|manifest unknown|name unknown"
            + "|(?<!permission )denied|unauthorized|not authorized|authentication required|authorization failed|no basic auth credentials"
            + "|incorrect username or password|403 forbidden|invalid reference|no matching manifest|no match for platform|unsupported mediatype");

    /** Names of images and addresses, which may be called anything. */
    private static final Pattern NAMES = Pattern.compile("\"[^\"]*\"|\\S*/\\S*");

    private PullFailure() {}

    /**
     * Whether whoever named the image, or gave the credentials, has to change something. All else may be otherwise when it is tried again: a
     * registry that is away, or has heard too much, a full disk.
     */
    public static boolean isTheImages(String said) {
        var words = NAMES.matcher(said.toLowerCase(Locale.ROOT)).replaceAll(" ");
        return REFUSED.matcher(words).find();
    }
}
