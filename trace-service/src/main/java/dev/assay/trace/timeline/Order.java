// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.trace.span.SpanMark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The order in which a run's spans are told. Steps go by their number, everything else by its time between them. Of several attempts
 * only the latest is told: a hosted run's spans say which attempt sent them. Those of a run that a client drives do not; there a step's
 * number that stands twice means that the run was begun again under the same id.
 *
 * @param attempts how often the run was begun, as far as its spans show
 */
record Order(List<SpanMark> spans, int attempts) {

    private static final Comparator<SpanMark> IN_TIME = Comparator.comparing(SpanMark::startedAt).thenComparing(SpanMark::seq);
    private static final Comparator<SpanMark> IN_STEPS = Comparator.comparing(SpanMark::stepId).thenComparing(IN_TIME);

    static Order of(List<SpanMark> all) {
        var attempt = all.stream().map(SpanMark::attempt).filter(Objects::nonNull).max(Comparator.naturalOrder());
        return attempt.map(latest -> ofAttempt(all, latest)).orElseGet(() -> ofLastBeginning(all));
    }

    /** What carries no attempt was sent by somebody of the team, about the run as a whole. */
    private static Order ofAttempt(List<SpanMark> all, int latest) {
        var told = all.stream().filter(span -> span.attempt() == null || span.attempt() == latest).toList();
        return new Order(merge(told), latest);
    }

    private static Order ofLastBeginning(List<SpanMark> all) {
        var beginnings = beginnings(all);
        var latest = beginnings.isEmpty() ? Instant.MIN : beginnings.getLast().startedAt();
        var told = all.stream().filter(span -> !span.startedAt().isBefore(latest)).toList();
        return new Order(merge(told), Math.max(1, beginnings.size()));
    }

    /** The spans with which attempts began, if there was more than one: those of the first step that stands twice. */
    private static List<SpanMark> beginnings(List<SpanMark> all) {
        Map<Integer, List<SpanMark>> byStep = new HashMap<>();
        all.stream().filter(span -> span.stepId() != null).forEach(span ->
                byStep.computeIfAbsent(span.stepId(), step -> new ArrayList<>()).add(span));
        return byStep.entrySet().stream()
                .filter(step -> step.getValue().size() > 1)
                .min(Map.Entry.comparingByKey())
                .map(step -> step.getValue().stream().sorted(IN_TIME).toList())
                .orElse(List.of());
    }

    private static List<SpanMark> merge(List<SpanMark> told) {
        var steps = told.stream().filter(span -> span.stepId() != null).sorted(IN_STEPS).toList();
        var others = told.stream().filter(span -> span.stepId() == null).sorted(IN_TIME).toList();
        var merged = new ArrayList<SpanMark>(told.size());
        var next = 0;
        for (var step : steps) {
            while (next < others.size() && others.get(next).startedAt().isBefore(step.startedAt())) {
                merged.add(others.get(next++));
            }
            merged.add(step);
        }
        merged.addAll(others.subList(next, others.size()));
        return List.copyOf(merged);
    }
}
