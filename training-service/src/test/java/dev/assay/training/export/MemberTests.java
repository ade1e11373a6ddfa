// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static dev.assay.training.export.Recorded.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemberTests {

    @Test
    void groupsAreTogetherWhereverTheirRunsStand() {
        var groups = Member.groups(Recorded.JOB, List.of(
                run("a", 1.0, "completed", "done"), run("b", 0.0, "completed", "done"), run("a", 0.0, "completed", "done")));

        assertThat(groups).hasSize(2);
        assertThat(groups.getFirst()).extracting(Member::index).containsExactly(0, 2);
        assertThat(groups.getFirst()).extracting(Member::advantage).containsExactly(0.5, -0.5);
        assertThat(groups.getLast()).extracting(Member::group).containsExactly(1);
    }

    @Test
    void theMeanIsOverThoseThatAreLearntFrom() {
        var group = Member.groups(Recorded.JOB, List.of(
                run(1.0), run(null), run("g1", 0.0, "completed", "timeout"), run("g1", 0.0, "error", "done"))).getFirst();

        assertThat(group).extracting(Member::advantage).containsExactly(0.5, null, null, -0.5);
    }

    @Test
    void theBestIsPairedWithTheWorstAsLongAsTheyDiffer() {
        var rewards = List.of(0.5, 0.0, 1.0, 0.5, 0.75);
        var group = Member.groups(Recorded.JOB, rewards.stream().map(Recorded::run).toList()).getFirst();

        assertThat(ChatRows.pairs(group)).extracting(pair -> List.of(pair.chosen().index(), pair.rejected().index()))
                .containsExactly(List.of(2, 1), List.of(4, 3));
        var flat = Member.groups(Recorded.JOB, IntStream.range(0, 4).mapToObj(i -> run(1.0)).toList()).getFirst();
        assertThat(ChatRows.pairs(flat)).isEmpty();
    }
}
