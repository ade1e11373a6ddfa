// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import dev.assay.contracts.training.Datum;
import dev.assay.contracts.training.Chunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DatumsTests {

    private static Sample turn(Chunk prompt, int[] output, float... logprobs) {
        return new Sample(List.of(prompt), output, logprobs);
    }

    private static Chunk text(int... tokens) {
        return new Chunk.Text(tokens);
    }

    private static int[] ids(int... ids) {
        return ids;
    }

    private static List<Datum> datums(Sample... turns) {
        return Datums.of(new Trajectory(List.of(turns), 1, null), 7);
    }

    @Test
    void turnsThatGoOnFromEachOtherAreOne() {
        var one = datums(turn(text(1, 2, 3), ids(4, 5), -.1f, -.2f), turn(text(1, 2, 3, 4, 5, 6, 7), ids(8), -.3f)).getFirst();

        assertThat(one.trajectory()).isEqualTo(7);
        assertThat(one.input()).containsExactly(text(1, 2, 3, 4, 5, 6, 7));
        assertThat(one.targets()).containsExactly(2, 3, 4, 5, 6, 7, 8);
        assertThat(one.mask()).containsExactly(0, 0, 1, 1, 0, 0, 1);
        assertThat(one.sampled()).containsExactly(0, 0, -.1f, -.2f, 0, 0, -.3f);
        assertThat(one.actions()).isEqualTo(3);
    }

    @Test
    void aPromptThatSaysSomethingElseBeginsAnother() {
        var two = datums(turn(text(1, 2, 3), ids(4, 5), -.1f, -.2f), turn(text(1, 2, 9), ids(8), -.3f));

        assertThat(two).extracting(Datum::length).containsExactly(4, 3);
        assertThat(two).extracting(Datum::trajectory).containsOnly(7);
    }

    @Test
    void aPromptThatIsShorterBeginsAnother() {
        assertThat(datums(turn(text(1, 2, 3), ids(4), -.1f), turn(text(1, 2), ids(3), -.1f))).hasSize(2);
        assertThat(datums(turn(text(1, 2, 3), ids(4), -.1f), turn(text(1, 2, 3), ids(4), -.1f))).hasSize(2);
    }

    @Test
    void nothingMayBeReadBetweenTwoTurns() {
        var one = datums(turn(text(1), ids(2), -.1f), turn(text(1, 2), ids(3), -.2f)).getFirst();

        assertThat(one.mask()).containsExactly(1, 1);
        assertThat(one.targets()).containsExactly(2, 3);
    }

    @Test
    void aPictureTakesItsPositionsAndIsNothingToLearn() {
        var picture = new Chunk.Image("aGk=", "png", 3);
        var first = new Sample(List.of(text(1), picture, text(2)), ids(3), new float[] {-.1f});
        var second = new Sample(List.of(text(1), picture, text(2), text(3), text(4)), ids(5), new float[] {-.2f});
        var other = new Sample(List.of(text(1), new Chunk.Image("aG8=", "png", 3), text(2, 3, 4)), ids(5), new float[] {-.2f});

        var one = datums(first, second).getFirst();

        assertThat(one.input()).containsExactly(text(1), picture, text(2, 3, 4));
        assertThat(one.targets()).containsExactly(0, 0, 0, 2, 3, 4, 5);
        assertThat(one.mask()).containsExactly(0, 0, 0, 0, 1, 0, 1);
        assertThat(datums(first, second)).hasSize(1);
        assertThat(datums(first, other)).hasSize(2);
    }

    @Test
    void whatNothingPredictsIsNoDatum() {
        assertThat(datums(turn(text(), ids(4), -.1f))).isEmpty();
        assertThat(datums(turn(text(1, 2), ids()))).isEmpty();
        assertThat(datums(turn(text(), ids(4, 5), -.1f, -.2f)).getFirst().targets()).containsExactly(5);
    }

    @Test
    void logprobsThatNobodyKeptAreZero() {
        assertThat(datums(turn(text(1), ids(2, 3))).getFirst().sampled()).containsExactly(0, 0);
    }
}
