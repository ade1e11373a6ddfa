// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.grading.grade.Grade;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatisticsTests {

    private static final JobId JOB = JobId.random();

    @Test
    void theDeviationIsThatOfASample() {
        var statistics = Statistics.of(List.of(grade("g", "t", 1.0), grade("g", "t", 0.0), grade("g", "t", 0.5)));

        assertThat(statistics.mean()).isEqualTo(0.5);
        assertThat(statistics.standardDeviation()).isEqualTo(0.5);
        assertThat(statistics.min()).isEqualTo(0.0);
        assertThat(statistics.max()).isEqualTo(1.0);
    }

    @Test
    void aRunWithoutAGradeIsCountedButIsNoZero() {
        var statistics = Statistics.of(List.of(grade("g", "t", 1.0), grade("g", "t", null)));

        assertThat(statistics).isEqualTo(new Statistics(2, 1, 1, 1.0, null, 1.0, 1.0));
    }

    @Test
    void negativeRewardsAreRewards() {
        var statistics = Statistics.of(List.of(grade("g", "t", -1.0), grade("g", "t", -3.0)));

        assertThat(statistics.mean()).isEqualTo(-2.0);
        assertThat(statistics.standardDeviation()).isCloseTo(Math.sqrt(2), within(1e-12));
    }

    @Test
    void nothingGradedIsNoNumberAtAll() {
        assertThat(Statistics.of(List.of())).isEqualTo(new Statistics(0, 0, 0, null, null, null, null));
        assertThat(Statistics.of(List.of(grade("g", "t", null)))).isEqualTo(new Statistics(1, 0, 1, null, null, null, null));
    }

    @Test
    void groupsAreWhatIsComparedWithEachOther() {
        var grades = List.of(grade("g1", "a", 1.0), grade("g2", "b", 0.0), grade("g1", "a", null), grade(null, "a", 0.5));

        var job = JobGrades.of(JOB, grades);

        assertThat(job.groups()).extracting(JobGrades.Group::groupId).containsExactly("g1", "g2", null);
        assertThat(job.groups().getFirst().rewards()).containsExactly(1.0);
        assertThat(job.groups().getFirst().statistics().ungraded()).isEqualTo(1);
        assertThat(job.failures()).extracting(JobGrades.Failure::runId).containsExactly(grades.get(2).run());
        assertThat(job.job().runs()).isEqualTo(4);
    }

    private static Grade grade(@Nullable String group, String slug, @Nullable Double reward) {
        return new Grade(
                new RunId(UUID.randomUUID()), JOB, group, slug, "e", "m", reward == null ? "error" : "completed", null, null, reward, Instant.EPOCH);
    }
}
