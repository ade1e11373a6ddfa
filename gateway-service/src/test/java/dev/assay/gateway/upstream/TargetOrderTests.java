// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.gateway.model.ModelResolution.Target;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetOrderTests {

    private static final Target HEAVY = new Target("heavy", "m", 3, 0);
    private static final Target LIGHT = new Target("light", "m", 1, 0);
    private static final Target SPARE = new Target("spare", "m", 0, 0);
    private static final Target LATER = new Target("later", "m", 100, 1);

    @Test
    void aConversationAlwaysHasTheSameOrderWhateverTheListsOrder() {
        var order = TargetOrder.of(List.of(HEAVY, LIGHT, SPARE, LATER), "conversation");
        assertThat(TargetOrder.of(List.of(LATER, SPARE, LIGHT, HEAVY), "conversation")).isEqualTo(order);
        assertThat(order.subList(2, 4)).as("the spare one behind those with a weight, a later priority behind all").containsExactly(SPARE, LATER);
    }

    @Test
    void eachIsFirstAsOftenAsItsWeightSays() {
        var heavy = IntStream.range(0, 10_000).filter(i -> first(List.of(HEAVY, LIGHT, SPARE, LATER), i).equals(HEAVY)).count();
        assertThat(heavy / 10_000.0).isCloseTo(0.75, within(0.03));
    }

    @Test
    void whenATargetLeavesNobodyElseMoves() {
        var other = new Target("other", "m", 2, 0);
        for (int i = 0; i < 1000; i++) {
            var before = first(List.of(HEAVY, LIGHT, other), i);
            if (!before.equals(other)) {
                assertThat(first(List.of(HEAVY, LIGHT), i)).isEqualTo(before);
            }
        }
    }

    private static Target first(List<Target> targets, int conversation) {
        return TargetOrder.of(targets, "run " + conversation).getFirst();
    }
}
