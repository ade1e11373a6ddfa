// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.kit.cache.Caches;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prices by name and day. Of those that match, one that names the upstream counts, then the one with the longest pattern, and of these the
 * latest that has begun.
 */
final class PriceTable {

    private static final Comparator<Entry> BEST = Comparator.comparing((Entry entry) -> entry.upstream() != null)
            .thenComparingInt(entry -> entry.pattern().length())
            .thenComparing(Entry::since);

    private static final int REMEMBERED = 10_000;

    private final List<Entry> entries;
    private final Cache<Question, Optional<Price>> answers = Caches.builder().maximumSize(REMEMBERED).build();

    PriceTable(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * @param pattern a model's name in lower case, {@code *} for any characters
     * @param upstream only if this one serves it; null: whichever does
     * @param since the first day, UTC
     */
    record Entry(String pattern, @Nullable String upstream, LocalDate since, Price price) {

        boolean matches(String model, String served) {
            return (upstream == null || upstream.equalsIgnoreCase(served))
                    && (glob(pattern, model) || glob(pattern, model.substring(model.lastIndexOf('/') + 1)));
        }
    }

    private record Question(List<String> names, String upstream, LocalDate day) {}

    /** @param names of the model, the catalog's and its upstream's */
    Optional<Price> find(List<String> names, String upstream, LocalDate day) {
        return answers.get(new Question(names, upstream, day), question -> look(names, upstream, day));
    }

    private Optional<Price> look(List<String> names, String upstream, LocalDate day) {
        var matching = new ArrayList<Entry>();
        for (var entry : entries) {
            if (!entry.since().isAfter(day) && names.stream().anyMatch(name -> entry.matches(name.toLowerCase(Locale.ROOT), upstream))) {
                matching.add(entry);
            }
        }
        return matching.stream().max(BEST).map(Entry::price);
    }

    /** Stars stand for any characters; everything else for itself. */
    static boolean glob(String pattern, String text) {
        var at = 0;
        var in = 0;
        var star = -1;
        var retry = 0;
        while (in < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                retry = in;
            } else if (at < pattern.length() && pattern.charAt(at) == text.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++retry;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
