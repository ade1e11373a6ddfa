// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.budget.Reservation.Charge;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallRowTests {

    private static final List<CallRow.Tried> TRIES =
            List.of(
                    new CallRow.Tried("one", "m-1", 503, 12, "over\nloaded", 7L, 1L, 2L, 1L, "flex", "m-1 of 2026-01-01",
                            new BigDecimal("0.25")),
                    new CallRow.Tried("other", null, 200, 3, null, null, null, null, null, null, null, null));
    private static final CallRow WHOLE = whole(new UUID(0x0199_0000_0000_7000L, -2));

    static CallRow whole(UUID id) {
        return new CallRow(
                id, Instant.parse("2026-02-03T04:05:06.000000789Z"), new UUID(1, 1), new UUID(2, 2),
                new UUID(3, 3), new UUID(4, 4), "a run", new UUID(5, 5), 7, "chat", "generate", "asked \"so\"", "m", "served", "provider", 200,
                "failed", "bröke\n\toff \\ \u0001 \ud83d\ude00 \"there\"", 2, TRIES, true, 5L, 10, 100, Long.MAX_VALUE, 1L, 2L,
                3L, 4L, 5L, 6L, true, "m* of 2026-01-01", -1L, "stop", "r-1", "flex", "m:2", new UUID(6, 6),
                List.of(new Charge(new UUID(7, 7), 1, 2), new Charge(new UUID(8, 8), 0, -3)));
    }

    @Test
    void aLineSaysEverythingThatARowHolds() throws Exception {
        for (var member : CallRow.class.getRecordComponents()) {
            assertThat(value(member)).as("%s, which this test forgets", member.getName()).isNotNull();
        }
        assertThat(CallRow.read(WHOLE.line())).isEqualTo(WHOLE);
    }

    private static Object value(RecordComponent member) throws ReflectiveOperationException {
        return member.getAccessor().invoke(WHOLE);
    }

    @Test
    void whatIsUnknownIsLeftOut() {
        var sparse = new CallRow(
                new UUID(0, 1), Instant.parse("2026-01-01T00:00:00Z"), new UUID(1, 1), null, null, null, null, null, null, "chat",
                "generate", "m", "m", null, null, 0, "lost", null, 0, null, false, null, 0, 0, 0, null, null, null, null,
                null, null, false, null, null, null, null, null, null, new UUID(2, 2), List.of());
        assertThat(CallRow.read(sparse.line())).isEqualTo(sparse);
        assertThat(new String(sparse.line(), StandardCharsets.UTF_8)).doesNotContain("null").contains("\"charges\":[]");
    }

    @Test
    void aLineIsOneLine() {
        assertThat(Arrays.stream(new String(WHOLE.line(), StandardCharsets.UTF_8).split("\n", -1))).hasSize(1);
    }
}
