// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.trace.span.SpanMark;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderTests {

    private long seq;

    @Test
    void stepsGoByTheirNumberWhateverTheirTimesAndArrival() {
        assertThat(told(step(3, 2), step(1, 1), step(2, 1))).containsExactly("step 1", "step 2", "step 3");
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
    void ofARunThatWasBegunAgainOnlyTheLatestAttemptIsTold() {
        var all = List.of(step(1, 1), other("old files", 2), step(2, 3), step(3, 4), step(1, 10), other("files", 11), step(2, 12));

        var order = Order.of(all);

        assertThat(names(order)).containsExactly("step 1", "files", "step 2");
        assertThat(order.spans().getFirst().seq()).isEqualTo(5);
        assertThat(order.attempts()).isEqualTo(2);
    }

    @Test
    void theAttemptSaysWhoseASpanIsWhateverItsTime() {
        var order = Order.of(List.of(step(1, 1, 1), step(2, 1, 10), step(1, 2, 11), step(1, 3, 12), step(2, 2, 13), other("files", 14)));

        assertThat(names(order)).containsExactly("step 1 of 2", "step 2 of 2", "files");
        assertThat(order.attempts()).isEqualTo(2);
    }

    @Test
    void pagesAreBoundedInNumberAndInBytes() {
        var marks = List.of(mark("a", 1, 0, 10), mark("b", 2, 0, 9_000_000), mark("c", 3, 0, 10));

        assertThat(Pages.after(marks, null, 2)).extracting(SpanMark::spanId).containsExactly("a");
        assertThat(Pages.after(marks, 1L, 2)).extracting(SpanMark::spanId).containsExactly("b");
        assertThat(Pages.after(marks, 2L, 2)).extracting(SpanMark::spanId).containsExactly("c");
        assertThat(Pages.after(marks, 3L, 2)).isEmpty();
    }

    private static SpanMark mark(String id, long seq, int at, int size) {
        return new SpanMark(seq, id, null, "step.tool", "hud.step.v1", null, Instant.EPOCH.plusSeconds(at), Instant.EPOCH.plusSeconds(at), null, false, size);
    }

    private static List<String> told(SpanMark... spans) {
        return names(Order.of(List.of(spans)));
    }

    private static List<String> names(Order order) {
        return order.spans().stream().map(SpanMark::name).toList();
    }

    private SpanMark step(int number, int at) {
        return span("step " + number, number, at);
    }

    private SpanMark other(String name, int at) {
        return span(name, null, at);
    }

    private SpanMark step(int attempt, int number, int at) {
        return span("step " + number + " of " + attempt, attempt, number, at);
    }

    private SpanMark span(String name, @Nullable Integer step, int at) {
        return span(name, null, step, at);
    }

    private SpanMark span(String name, @Nullable Integer attempt, @Nullable Integer step, int at) {
        var time = Instant.EPOCH.plusSeconds(at);
        return new SpanMark(++seq, "s" + seq, attempt, name, "hud.step.v1", step, time, time, null, false, 10);
    }
}
