// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.kafka.listener.BatchListenerFailedException;

class TogetherOrAloneTests {

    private final List<List<String>> applied = new ArrayList<>();

    @Test
    void whatCanBeAppliedIsAppliedAtOnce() {
        TogetherOrAlone.apply(List.of("a", "b", "c"), Function.identity(), applied::add);
        assertThat(applied).containsExactly(List.of("a", "b", "c"));
    }

    @Test
    void whatStandsBeforeARecordThatCannotBeReadIsApplied() {
        var failure = new IllegalArgumentException("not a number");
        assertThatThrownBy(() -> TogetherOrAlone.apply(
                        List.of("a", "poison", "c"),
                        text -> {
                            if (text.equals("poison")) {
                                throw failure;
                            }
                            return text;
                        },
                        applied::add))
                .isInstanceOf(BatchListenerFailedException.class)
                .hasCause(failure)
                .extracting(thrown -> ((BatchListenerFailedException) thrown).getIndex())
                .isEqualTo(1);
        assertThat(applied).containsExactly(List.of("a"));
    }

    @Test
    void troubleThatPassesIsTheCauseOfWhatIsThrownWhereItBegan() {
        var failure = new QueryTimeoutException("the database is away");
        assertThatThrownBy(() -> TogetherOrAlone.apply(List.of("a", "b", "c"), Function.identity(), records -> {
                    if (records.contains("b")) {
                        throw failure;
                    }
                    applied.add(records);
                }))
                .isInstanceOf(BatchListenerFailedException.class)
                .hasCause(failure)
                .extracting(thrown -> ((BatchListenerFailedException) thrown).getIndex())
                .isEqualTo(1);
        assertThat(applied).containsExactly(List.of("a"));
    }
}
