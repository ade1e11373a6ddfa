// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.EnvironmentName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which task of one job is which of another: of the same name, and in nothing that is known of both another one. Whoever drives runs
 * himself tells neither environment nor version.
 *
 * @param alone those without a partner, and why
 */
record Pairing(List<Pair> pairs, List<Alone> alone) {

    /** The same task in both jobs, graded in both. */
    record Pair(TaskResult mine, TaskResult other) {

        double difference() {
            return Objects.requireNonNull(mine.meanReward()) - Objects.requireNonNull(other.meanReward());
        }

        boolean isOfKnownVersion() {
            return mine.taskVersionId() != null && other.taskVersionId() != null;
        }
    }

    /** Why a task is compared with nothing. */
    enum Why {
        ONLY_HERE,
        ONLY_THERE,
        OTHER_VERSION,
        OTHER_ENVIRONMENT,
        /** Several could be it. */
        AMBIGUOUS,
        UNNAMED,
        NOT_GRADED_HERE,
        NOT_GRADED_THERE
    }

    record Alone(TaskResult task, Why why) {}

    static Pairing of(List<TaskResult> mine, List<TaskResult> others) {
        var pairs = new ArrayList<Pair>();
        var alone = new ArrayList<Alone>();
        var left = new HashMap<String, List<TaskResult>>();
        others.stream()
                .filter(task -> task.taskSlug() != null)
                .forEach(task -> left.computeIfAbsent(task.taskSlug(), name -> new ArrayList<>()).add(task));
        var named = mine.stream()
                .filter(task -> task.taskSlug() != null)
                .collect(Collectors.groupingBy(TaskResult::taskSlug, Collectors.counting()));
        for (var task : mine) {
            var candidates = task.taskSlug() == null ? List.<TaskResult>of() : left.getOrDefault(task.taskSlug(), List.of());
            var partner = partner(task, candidates, task.taskSlug() != null && named.get(task.taskSlug()) == 1);
            if (partner.isEmpty()) {
                alone.add(new Alone(task, why(task, candidates)));
                continue;
            }
            candidates.remove(partner.get());
            if (task.meanReward() == null || partner.get().meanReward() == null) {
                alone.add(new Alone(task, task.meanReward() == null ? Why.NOT_GRADED_HERE : Why.NOT_GRADED_THERE));
            } else {
                pairs.add(new Pair(task, partner.get()));
            }
        }
        left.values().stream().flatMap(Collection::stream).forEach(task -> alone.add(new Alone(task, Why.ONLY_THERE)));
        others.stream().filter(task -> task.taskSlug() == null).forEach(task -> alone.add(new Alone(task, Why.UNNAMED)));
        return new Pairing(List.copyOf(pairs), List.copyOf(alone));
    }

    /** What is known to be the same first; what could be it only if nothing else could. */
    private static Optional<TaskResult> partner(TaskResult task, List<TaskResult> candidates, boolean isTheOnlyOne) {
        var same = candidates.stream().filter(other -> isSame(task, other)).findFirst();
        var possible = candidates.stream().filter(other -> isPossible(task, other)).toList();
        return same.or(() -> isTheOnlyOne && possible.size() == 1 ? Optional.of(possible.getFirst()) : Optional.empty());
    }

    private static boolean isSame(TaskResult task, TaskResult other) {
        return Objects.equals(task.taskVersionId(), other.taskVersionId()) && Objects.equals(name(task), name(other));
    }

    private static boolean isPossible(TaskResult task, TaskResult other) {
        return isUnlessUnknown(task.taskVersionId(), other.taskVersionId()) && isUnlessUnknown(name(task), name(other));
    }

    private static boolean isUnlessUnknown(@Nullable Object one, @Nullable Object other) {
        return one == null || other == null || one.equals(other);
    }

    private static @Nullable EnvironmentName name(TaskResult task) {
        return task.environment() == null ? null : EnvironmentName.of(task.environment());
    }

    private static Why why(TaskResult task, List<TaskResult> candidates) {
        if (task.taskSlug() == null) {
            return Why.UNNAMED;
        }
        Predicate<TaskResult> ofThisEnvironment = other -> isUnlessUnknown(name(task), name(other));
        if (candidates.isEmpty()) {
            return Why.ONLY_HERE;
        }
        if (candidates.stream().noneMatch(ofThisEnvironment)) {
            return Why.OTHER_ENVIRONMENT;
        }
        return candidates.stream().anyMatch(other -> isPossible(task, other)) ? Why.AMBIGUOUS : Why.OTHER_VERSION;
    }

    Map<Why, Long> reasons() {
        return alone.stream().collect(Collectors.groupingBy(Alone::why, Collectors.counting()));
    }
}
