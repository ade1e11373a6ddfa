// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.dialect.ModelJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Finds, of what was recorded, what is most like a request that was not, and where they differ. */
final class Nearest {

    /** So many are looked at as wholes. */
    static final int LOOKED_AT = 8;

    private static final int CUT = 200;
    /** So much of what is the same stands before what is not. */
    private static final int BEFORE = 40;
    private static final int LONGEST_WORD = 8;

    private Nearest() {}

    /**
     * A recorded request in short.
     *
     * @param turns as {@link CanonicalRequest#turns()}
     */
    record Short(String key, String dialect, String operation, String model, boolean streamed, String turns) {}

    /** A place where two requests differ, as a JSON pointer, with both values cut. Absent values are {@code nothing}. */
    record Difference(String pointer, String recorded, String asked) {}

    /** @param key of the request that is like it @param others how many more places differ */
    record Found(String key, Difference first, int others) {

        /** In words, for whoever asked. */
        String told() {
            return first.pointer().isEmpty()
                    ? "The same was recorded (%s), but its answer cannot be told in the form that is asked for."
                            .formatted(key.substring(0, 12))
                    : "Nearest is %s, which has at %s %s where this has %s%s.".formatted(
                            key.substring(0, 12), first.pointer(), first.recorded(), first.asked(),
                            others == 0 ? "" : ", and differs at " + others + (others == 1 ? " place more" : " places more"));
        }
    }

    /** Those that may be nearest, the likeliest first: of the same dialect and model, then with the most turns in common. */
    static List<Short> likely(CanonicalRequest asked, List<Short> recorded) {
        var turns = asked.turns();
        return recorded.stream()
                .sorted(Comparator.<Short, Boolean>comparing(one -> !one.dialect().equals(CanonicalRequest.word(asked.dialect())))
                        .thenComparing(one -> !one.operation().equals(CanonicalRequest.word(asked.operation())))
                        .thenComparing(one -> !one.model().equals(asked.model()))
                        .thenComparing(one -> -common(one.turns(), turns) / LONGEST_WORD)
                        .thenComparing(one -> Math.abs(one.turns().length() - turns.length()))
                        .thenComparing(Short::key))
                .limit(LOOKED_AT)
                .toList();
    }

    /** The one of these with the fewest differences, of equals the first. */
    static Optional<Found> of(CanonicalRequest asked, List<Short> likely, Function<String, JsonNode> request) {
        Found best = null;
        for (var one : likely) {
            var found = compared(asked, one, request.apply(one.key()));
            if (best == null || found.others() < best.others()) {
                best = found;
            }
        }
        return Optional.ofNullable(best);
    }

    private static Found compared(CanonicalRequest asked, Short recorded, JsonNode request) {
        var differences = new ArrayList<Difference>();
        compare("/dialect", recorded.dialect(), CanonicalRequest.word(asked.dialect()), differences);
        compare("/operation", recorded.operation(), CanonicalRequest.word(asked.operation()), differences);
        compare("/model", recorded.model(), asked.model(), differences);
        compare("/stream", String.valueOf(recorded.streamed()), String.valueOf(asked.streamed()), differences);
        walk("", request, asked.request(), differences);
        var first = differences.isEmpty() ? new Difference("", "the same", "the same") : differences.getFirst();
        return new Found(recorded.key(), first, Math.max(0, differences.size() - 1));
    }

    private static void compare(String pointer, String recorded, String asked, List<Difference> into) {
        if (!recorded.equals(asked)) {
            into.add(new Difference(pointer, recorded, asked));
        }
    }

    private static void walk(String pointer, JsonNode recorded, JsonNode asked, List<Difference> into) {
        if (recorded.equals(asked)) {
            return;
        }
        if (recorded.isObject() && asked.isObject()) {
            var names = new TreeSet<String>(recorded.propertyNames());
            names.addAll(asked.propertyNames());
            names.forEach(name -> walk(
                    pointer + "/" + name.replace("~", "~0").replace("/", "~1"), recorded.path(name), asked.path(name), into));
        } else if (recorded.isArray() && asked.isArray()) {
            for (int at = 0; at < Math.max(recorded.size(), asked.size()); at++) {
                walk(pointer + "/" + at, recorded.path(at), asked.path(at), into);
            }
        } else {
            var was = text(recorded);
            var is = text(asked);
            var same = common(was, is);
            into.add(new Difference(pointer, cut(was, same), cut(is, same)));
        }
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? "nothing" : ModelJson.MAPPER.writeValueAsString(node);
    }

    /** Around where they begin to differ. */
    private static String cut(String text, int same) {
        var from = text.length() <= CUT ? 0 : Math.max(0, same - BEFORE);
        var to = Math.min(text.length(), from + CUT);
        return (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : "");
    }

    private static int common(String one, String other) {
        var at = 0;
        while (at < one.length() && at < other.length() && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }
}
