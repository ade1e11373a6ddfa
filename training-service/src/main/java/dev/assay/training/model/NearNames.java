// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which names somebody may have meant who typed another one. */
final class NearNames {

    private static final int MOST = 3;
    private static final int LONGEST = 100;

    private NearNames() {}

    /** At most three, the nearest first. A name that shares nothing with what was typed is none. */
    static List<String> of(String typed, List<String> names) {
        var wanted = plain(typed);
        if (wanted.isEmpty() || wanted.length() > LONGEST) {
            return List.of();
        }
        record Candidate(String name, int distance, boolean related) {}
        return names.stream()
                .filter(name -> name.length() <= LONGEST)
                .map(name -> {
                    var known = plain(name);
                    var last = known.substring(known.lastIndexOf('/') + 1);
                    var part = wanted.substring(wanted.lastIndexOf('/') + 1);
                    var distance = Math.min(distance(wanted, known), distance(part, last));
                    return new Candidate(name, distance, distance <= Math.max(2, part.length() / 2) || last.contains(part) || part.contains(last));
                })
                .filter(Candidate::related)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(MOST)
                .map(Candidate::name)
                .toList();
    }

    private static String plain(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's: how many characters have to be put in, taken out or changed. */
    private static int distance(String one, String other) {
        var above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            var row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                var changed = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[other.length()];
    }
}
