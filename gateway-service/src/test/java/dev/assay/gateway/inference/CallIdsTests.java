// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Ids of calls, whatever the clock says. */
class CallIdsTests {

    @Test
    void aClockThatJumpsBackOrStandsStillGivesNoIdTwice() {
        var ids = new HashSet<UUID>();
        for (var time : new long[] {1_795_000_000_000L, 1_795_000_000_000L, 1_600_000_000_000L, 1_795_000_000_000L, 0}) {
            for (var call = 0; call < 1000; call++) {
                var id = CallIds.at(time);
                assertThat(id.version()).isEqualTo(7);
                assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(time);
                ids.add(id);
            }
        }
        assertThat(ids).hasSize(5000);
    }
}
