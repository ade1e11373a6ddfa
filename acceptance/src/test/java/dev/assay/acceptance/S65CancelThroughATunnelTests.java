// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("its deadline has room for the start of a sandbox, and it counts sandboxes")
class S65CancelThroughATunnelTests {

    private static final int DEADLINE = 8;

    @ParameterizedTest
    @ValueSource(strings = {"slowgrade", "slowstart"})
    void aHostedEnvironmentStopsAtOnce(String template) {
        Deployed.faults();
        var worker = Platform.shared().data.resolve("worker");
        var before = new HashSet<>(Leftovers.sandboxesThatNobodyKeeps(worker));

        var outcome = Deployed.user().source("faults").python("tunnel.py", template, String.valueOf(DEADLINE)).exitsWith(0).json();

        assertThat(outcome.get("status").stringValue()).isEqualTo("error");
        assertThat(outcome.get("stop_reason").stringValue()).isEqualTo("timeout");
        assertThat(outcome.get("graded").booleanValue()).isFalse();
        assertThat(outcome.get("seconds").doubleValue()).as("it would have taken ten minutes").isLessThan(120.0);
        await().atMost(Duration.ofMinutes(1)).until(() -> before.containsAll(Leftovers.sandboxesThatNobodyKeeps(worker)));
    }
}
