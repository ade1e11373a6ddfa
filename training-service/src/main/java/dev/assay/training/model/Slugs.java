// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import java.util.function.Predicate;

/** What a fork is called. */
final class Slugs {

    private Slugs() {}

    /**
     * The name, if it can be a slug and is free; otherwise what is left of it with a number behind.
     *
     * @param taken whether somebody has it, in any case
     */
    static String of(String name, Predicate<String> taken) {
        var plain = name.strip().replaceAll("[^!-~]+", "-").replaceAll("^-+|-+$", "");
        var slug = plain.isEmpty() ? "fork" : plain;
        if (!taken.test(slug)) {
            return slug;
        }
        int number = 2;
        while (taken.test(slug + "-" + number)) {
            number++;
        }
        return slug + "-" + number;
    }
}
