// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HourSumsTests {

    private static List<JsonNode> of(CallRow... calls) {
        return JsonMapper.shared().readTree(HourSums.of(List.of(calls))).valueStream().toList();
    }

    @Test
    void callsOfOneKeyAreAddedUpAndWhatNobodyKnowsCountsByItself() {
        var known = JournalTests.call(UUID.randomUUID(), "done", 7L);
        var unknown = JournalTests.call(UUID.randomUUID(), "failed", null);
        assertThat(of(known, unknown)).singleElement().satisfies(sum -> {
            assertThat(sum.path("team_id").asString()).isEqualTo(known.teamId().toString());
            assertThat(sum.path("hour").asString()).isEqualTo("2026-01-01T00:00:00.000000000Z");
            assertThat(sum.path("key_id").asString()).isEqualTo(new UUID(0, 0).toString());
            assertThat(sum.path("calls").asLong()).isEqualTo(2);
            assertThat(sum.path("errors").asLong()).isEqualTo(1);
            assertThat(sum.path("output").asLong()).isEqualTo(40);
            assertThat(sum.path("cost_nanos").asLong()).isEqualTo(7);
            assertThat(sum.path("unpriced").asLong()).isEqualTo(1);
            assertThat(sum.path("first_ms").asLong()).isEqualTo(10);
            assertThat(sum.path("first_of").asLong()).isEqualTo(2);
            assertThat(sum.path("total_ms").asLong()).isEqualTo(20);
        });
    }

    @Test
    void eachKeyHasARowOfItsOwn() {
        assertThat(of(JournalTests.call(UUID.randomUUID(), "done", 7L), CallRowTests.whole(UUID.randomUUID()))).hasSize(2);
    }

    @Test
    void whatIsMoreThanTheDatabaseTakesIsForItToRefuseAndNotSomethingElse() {
        var dear = JournalTests.call(UUID.randomUUID(), "done", Long.MAX_VALUE);
        assertThat(of(dear, dear).getFirst().path("cost_nanos").bigIntegerValue())
                .isEqualTo(BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.TWO));
    }
}
