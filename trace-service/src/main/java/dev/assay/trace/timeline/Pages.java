// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.trace.span.SpanMark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts a timeline into pages that are bounded in number and in bytes; one entry is always on a page, however large. */
final class Pages {

    private static final long MOST_BYTES = 8L * 1024 * 1024;

    private Pages() {}

    /** The entries that follow the one with that seq; all from the beginning if there is no such entry. */
    static List<SpanMark> after(List<SpanMark> ordered, @Nullable Long seq, int limit) {
        var start = 0;
        for (var i = 0; seq != null && i < ordered.size(); i++) {
            if (ordered.get(i).seq() == seq) {
                start = i + 1;
            }
        }
        var bytes = 0L;
        var end = start;
        while (end < ordered.size() && end - start < limit) {
            bytes += Entry.needsBody(ordered.get(end)) ? ordered.get(end).size() : 0;
            if (bytes > MOST_BYTES && end > start) {
                break;
            }
            end++;
        }
        return ordered.subList(start, end);
    }
}
