// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Usage;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class ReckoningTests {

    /** Of 99 tokens. */
    private static final Input INPUT = new Input(Dialect.CHAT, Body.of(new byte[396]));

    private static Usage used(long input, long output) {
        return new Usage(input, 0, 0, 0, output, 0, 0, false);
    }

    @Test
    void whatAnUpstreamToldCounts() {
        assertThat(Reckoning.used(used(10, 5), 200, false, false, INPUT, 9999)).isEqualTo(used(10, 5));
    }

    @Test
    void anAnswerThatBrokeOffCountsForWhatCameOfItAlthoughLittleWasTold() {
        var counted = Reckoning.used(used(10, 1), 200, true, true, INPUT, 5000);
        assertThat(counted).isEqualTo(new Usage(10, 0, 0, 0, 50, 0, 0, true));
        assertThat(Reckoning.used(used(10, 80), 200, true, true, INPUT, 5000).output()).isEqualTo(80);
        assertThat(Reckoning.used(null, 200, true, true, INPUT, 5000)).isEqualTo(new Usage(99, 0, 0, 0, 50, 0, 0, true));
    }

    @Test
    void whoWasRefusedUsedNothing() {
        assertThat(Reckoning.used(null, 400, false, false, INPUT, 0)).isNull();
    }

    @Test
    void whatNoModelCanHaveUsedIsBounded() {
        var told = new Usage(Long.MAX_VALUE, Long.MAX_VALUE, 5, -7, Long.MAX_VALUE, Long.MAX_VALUE, -1, false);
        var used = Reckoning.plausible(told);
        assertThat(used.input() + used.output()).isEqualTo(2_000_000_000L);
        assertThat(used.cached()).isEqualTo(used.input());
        assertThat(used.cacheWrite() + used.cacheWriteLong()).isZero();
        assertThat(used.images()).isZero();
    }

    @Test
    void moreIsReservedThanACallCanCostThatWritesItsWholeInputToACache() {
        var price = new PriceLine(
                        BigDecimal.ONE, null, new BigDecimal("1.25"), BigDecimal.TWO, BigDecimal.TEN, null, null, null)
                .price("a");
        var most = Reckoning.most(Operation.GENERATE, 1000, 100, price);
        assertThat(price.most(most)).isEqualTo(price.nanos(new Usage(1000, 0, 0, 1000, 100, 0, 0, false)));
        assertThat(Reckoning.most(Operation.GENERATE, 1000, -1, price).output()).isEqualTo(4096);
        assertThat(Reckoning.most(Operation.COUNT_TOKENS, 1000, -1, price)).isEqualTo(Usage.NONE);
    }
}
