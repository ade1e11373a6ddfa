// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.grading.grade.Grade;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What a job's runs came to.
 *
 * @param groups runs of the same task that are compared with each other, in the order in which the first of each ended
 * @param failures runs without a grade, apart: they are in no mean
 */
@JsonNaming(SnakeCaseStrategy.class)
record JobGrades(JobId jobId, Statistics job, List<Group> groups, List<Failure> failures) {

    /** @param rewards in the order in which the runs ended */
    @JsonNaming(SnakeCaseStrategy.class)
    record Group(
            @Nullable String groupId,
            @Nullable String taskSlug,
            @Nullable String environment,
            @JsonUnwrapped Statistics statistics,
            List<Double> rewards) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record Failure(RunId runId, @Nullable String taskSlug, String status, @Nullable String stopReason, @Nullable String error) {}

    static JobGrades of(JobId job, List<Grade> grades) {
        var groups = new LinkedHashMap<Key, List<Grade>>();
        grades.forEach(grade -> groups.computeIfAbsent(Key.of(grade), key -> new ArrayList<>()).add(grade));
        return new JobGrades(
                job,
                Statistics.of(grades),
                groups.values().stream().map(JobGrades::group).toList(),
                grades.stream().filter(grade -> !grade.isGraded()).map(JobGrades::failure).toList());
    }

    /** Runs without a group belong to their task's; a lone run without either is compared with nothing but its like. */
    private record Key(@Nullable String group, @Nullable String slug) {
        static Key of(Grade grade) {
            return grade.groupId() == null ? new Key(null, grade.taskSlug()) : new Key(grade.groupId(), null);
        }
    }

    private static Group group(List<Grade> grades) {
        var first = grades.getFirst();
        var rewards = grades.stream().map(Grade::reward).filter(Objects::nonNull).toList();
        return new Group(first.groupId(), first.taskSlug(), first.environment(), Statistics.of(grades), rewards);
    }

    private static Failure failure(Grade grade) {
        return new Failure(grade.run(), grade.taskSlug(), grade.status(), grade.stopReason(), grade.error());
    }
}
