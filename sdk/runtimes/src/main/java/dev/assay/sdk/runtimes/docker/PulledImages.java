// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.ImageName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.List;

/**
 * Images that were pulled here. The engine remembers them itself, by one more name: it says which name was pulled, and on which day it was last
 * used. So all workers of an engine know the same, and what was there before, or is somebody else's, is never cleared away.
 */
final class PulledImages {

    static final String NAME = "assay.invalid/pulled";

    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    private PulledImages() {}

    /** Of a name that was pulled and is used now. */
    static String tag(String name, Instant now) {
        return DAY.format(day(now)) + "-" + hash(name);
    }

    /**
     * Which names to take away for the one that says that it is used now; none: it says so already, or the image is none that was pulled here.
     *
     * @param names of the image
     */
    static List<String> outdated(List<String> names, String name, Instant now) {
        var ours = names.stream().filter(one -> one.startsWith(NAME + ":") && one.endsWith("-" + hash(name))).toList();
        return ours.contains(NAME + ":" + tag(name, now)) ? List.of() : ours;
    }

    /**
     * Which of an image's names to take away because nobody has used it here for so long: ours last, so that what remains is found again.
     *
     * @param names of the image
     */
    static List<String> unused(List<String> names, Instant now, Duration unused) {
        var ours = names.stream().filter(name -> name.startsWith(NAME + ":") && isOld(name, now.minus(unused))).toList();
        return names.stream()
                .filter(name -> ours.contains(name) || ImageName.of(name).filter(pulled -> ours.stream().anyMatch(own -> own.endsWith("-" + hash(pulled.text())))).isPresent())
                .sorted((one, other) -> Boolean.compare(ours.contains(one), ours.contains(other)))
                .toList();
    }

    private static boolean isOld(String name, Instant before) {
        try {
            return LocalDate.parse(name.substring(NAME.length() + 1).split("-", 2)[0], DAY).isBefore(day(before));
        } catch (DateTimeParseException e) {
            return false; // nobody here gave it that name
        }
    }

    private static LocalDate day(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    private static String hash(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
