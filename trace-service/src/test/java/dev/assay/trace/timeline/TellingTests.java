// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.trace.span.SpanMark;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TellingTests {

    private long seq;

    @Test
    void stepsGoByTheirNumberWhateverTheirTimesAndArrival() {
        assertThat(told(step(3, 2), step(1, 1), step(2, 1))).containsExactly("step 1", "step 2", "step 3");
    }

    @Test
    void aClockThatIsSetBackMovesNoStep() {
        assertThat(told(step(1, 100), step(2, 50), other("files", 60), step(3, 70))).containsExactly("files", "step 1", "step 2", "step 3");
    }

    @Test
    void otherSpansStandBetweenThemByTime() {
        assertThat(told(other("files", 5), step(1, 1), step(2, 9), other("debug", 10))).containsExactly("step 1", "files", "step 2", "debug");
    }

    @Test
    void withoutNumbersTimeAndThenArrivalDecide() {
        assertThat(told(other("c", 2), other("a", 1), other("b", 1))).containsExactly("a", "b", "c");
    }

    @Test
    void helpingsAreBoundedInNumberAndInBytes() {
        var telling = new Telling(List.of(List.of(sized("a", 1, 10), sized("b", 2, 8_000_000), sized("c", 3, 1_000_000))));

        assertThat(telling.next(2)).extracting(SpanMark::spanId).containsExactly("a", "b");
        assertThat(telling.next(2)).extracting(SpanMark::spanId).containsExactly("c");
        assertThat(telling.next(2)).isEmpty();
        assertThat(telling.isOver()).isTrue();
    }

    @Test
    void aPlaceIsReadAsItIsWritten() {
        var telling = new Telling(List.of(List.of(step(7, 3)), List.of(other("files", 1))));
        assertThat(Bookmark.of(Bookmark.BEGINNING.text())).isEqualTo(Bookmark.BEGINNING);
        telling.next(2);
        assertThat(Bookmark.of(telling.place().text())).isEqualTo(telling.place()).isNotEqualTo(Bookmark.BEGINNING);
    }

    @Test
    void aRunThatWasBegunAgainBeginsWhereItsFirstStepsCameAgain() {
        var steps = List.of(step(1, 1), step(2, 3), step(3, 4), step(1, 10), step(2, 12));
        assertThat(Beginning.repeated(steps)).hasValue(1);
        assertThat(Beginning.latest(upTo(1, steps), 1)).isEqualTo(new Beginning(4, at(10), 2));
        assertThat(Beginning.repeated(List.of(step(1, 1), step(2, 2)))).isEmpty();
    }

    @Test
    void aLostFirstStepOfTheEarlierHidesNoneOfTheLatest() {
        // step 1 of the first beginning never came; the second has it
        var steps = List.of(step(2, 3), step(3, 4), step(1, 10), step(2, 12), step(3, 13));
        assertThat(Beginning.repeated(steps)).hasValue(2);
        assertThat(Beginning.latest(upTo(2, steps), 2)).isEqualTo(new Beginning(3, at(10), 2));
    }

    @Test
    void aRobotsFilmIsToldInLargePiecesAndWhatNobodyAskedForIsNot() {
        assertThat(Entry.needsBody(piece("hud.robot.step.v1", 5 * 1024 * 1024))).isTrue();
        assertThat(Entry.needsBody(piece("hud.robot.step.v1", 9 * 1024 * 1024))).isFalse();
        assertThat(Entry.needsBody(piece("of.somebodys.own", 5 * 1024 * 1024))).isFalse();
    }

    private static SpanMark piece(String schema, int size) {
        return new SpanMark(1, "a", null, "step.video_segment", schema, null, at(0), at(0), null, false, size);
    }

    @Test
    void aClockBehindTheFirstOnesHidesNothingOfTheLatest() {
        var steps = List.of(step(1, 100), step(2, 101), step(1, 5));
        assertThat(Beginning.latest(upTo(1, steps), 1)).isEqualTo(new Beginning(3, at(5), 2));
    }

    private static List<SpanMark> upTo(int step, List<SpanMark> steps) {
        return steps.stream().filter(mark -> Objects.requireNonNull(mark.stepId()) <= step).toList();
    }

    private List<String> told(SpanMark... spans) {
        var lanes = Arrays.stream(spans)
                .sorted(Comparator.comparing(SpanMark::position))
                .collect(Collectors.partitioningBy(mark -> mark.stepId() != null));
        return new Telling(List.of(lanes.get(true), lanes.get(false))).next(100).stream().map(SpanMark::name).toList();
    }

    private SpanMark sized(String id, int at, int size) {
        return new SpanMark(++seq, id, null, "step.tool", "hud.step.v1", null, at(at), at(at), null, false, size);
    }

    private SpanMark step(int number, int at) {
        return span("step " + number, number, at);
    }

    private SpanMark other(String name, int at) {
        return span(name, null, at);
    }

    private SpanMark span(String name, @Nullable Integer step, int at) {
        return new SpanMark(++seq, "s" + seq, null, name, "hud.step.v1", step, at(at), at(at), null, false, 10);
    }

    private static Instant at(int second) {
        return Instant.EPOCH.plusSeconds(second);
    }
}
