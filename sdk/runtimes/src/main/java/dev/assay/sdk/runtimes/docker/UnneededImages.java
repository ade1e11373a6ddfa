// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which of the images that were built here nobody will miss: those that are old, and not among the newest of their environment. */
final class UnneededImages {

    /** An image with all its names. */
    record BuiltImage(List<String> names, Map<String, String> labels, Instant created) {}

    private UnneededImages() {}

    static List<BuiltImage> of(List<BuiltImage> images, KeepImages keep, Instant now) {
        return images.stream()
                .collect(Collectors.groupingBy(image -> image.labels().getOrDefault("dev.assay.environment", "")))
                .values().stream()
                .flatMap(ofOne -> ofOne.stream().sorted(Comparator.comparing(BuiltImage::created).reversed()).skip(keep.newest()))
                .filter(image -> image.created().isBefore(now.minus(keep.young())))
                .toList();
    }
}
