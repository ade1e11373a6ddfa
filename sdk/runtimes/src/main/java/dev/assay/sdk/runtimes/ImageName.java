// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image's name written out: with the registry that it comes from, and with a tag or a digest.
 *
 * @param text {@code docker.io/library/python:3.11}
 */
public record ImageName(String text) {

    private static final String HUB = "docker.io/";
    private static final String PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final Pattern NAME = Pattern.compile(
            "(?<host>(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+|localhost)(?::\\d{1,5})?/|[A-Za-z0-9-]+:\\d{1,5}/)?"
                    + "(?<path>" + PART + "(?:/" + PART + ")*)(?<tag>:\\w[\\w.-]{0,127})?(?<digest>@sha256:[0-9a-f]{64})?");
    private static final int LONGEST = 512;

    /** Empty if it is none: what is asked for becomes a part of a path at the engine. */
    public static Optional<ImageName> of(String reference) {
        var match = NAME.matcher(reference);
        if (reference.length() > LONGEST || !match.matches()) {
            return Optional.empty();
        }
        var host = match.group("host") == null ? HUB : match.group("host");
        var path = match.group("path");
        var tag = match.group("tag") == null ? "" : match.group("tag");
        var digest = match.group("digest") == null ? "" : match.group("digest");
        return Optional.of(new ImageName(
                host + (host.equals(HUB) && !path.contains("/") ? "library/" : "") + path
                        + (digest.isEmpty() && tag.isEmpty() ? ":latest" : digest.isEmpty() ? tag : digest)));
    }

    /** @param prefixes {@code docker.io/}: all of a registry; {@code docker.io/acme/}: one owner's; a whole name: that image */
    public boolean isOf(List<String> prefixes) {
        return prefixes.stream().anyMatch(prefix -> prefix.endsWith("/")
                ? text.startsWith(prefix)
                : text.equals(prefix) || text.startsWith(prefix + ":") || text.startsWith(prefix + "@"));
    }

    /**
     * Why a worker that runs these prefixes' images does not run this one, in a sentence for whoever asked; empty if it does.
     *
     * @param own prefixes of what is built here: nobody may ask for one of these by its name
     */
    public static Optional<String> refusal(String reference, List<String> prefixes, List<String> own) {
        return of(reference)
                .map(name -> name.isOf(prefixes) && !name.isOf(own)
                        ? Optional.<String>empty()
                        : Optional.of("runtime_config.image: this worker runs images of " + String.join(", ", prefixes) + " only, not " + name.text))
                .orElseGet(() -> Optional.of("runtime_config.image '" + reference + "' is no name of an image"));
    }
}
