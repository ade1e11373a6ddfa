// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place among all steps, in the order in which they are told: by transaction, then by number. What is committed late has a small number,
 * but a transaction that was not over.
 */
record Place(long xid, long seq) implements Comparable<Place> {

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");
    private static final Comparator<Place> ORDER = Comparator.comparingLong(Place::xid).thenComparingLong(Place::seq);

    /** Empty: it is none. */
    static Optional<Place> read(String text) {
        var match = TEXT.matcher(text);
        return match.matches() ? Optional.of(new Place(Long.parseLong(match.group(1)), Long.parseLong(match.group(2)))) : Optional.empty();
    }

    boolean isAfter(Place other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return xid + "-" + seq;
    }
}
