// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it counts sandboxes")
class S66TunnelThatDropsTests {

    @Test
    void theRunEndsWithTheGradeThatItLostAndItsSandboxIsGone() {
        Deployed.faults();
        var worker = Platform.shared().data.resolve("worker");
        var before = new HashSet<>(Leftovers.sandboxesThatNobodyKeeps(worker));

        var outcome = Deployed.user().source("faults").python("dropped.py").exitsWith(0).json();

        assertThat(outcome.get("status").stringValue()).isEqualTo("error");
        assertThat(outcome.get("errors")).singleElement()
                .satisfies(error -> assertThat(error.stringValue()).startsWith("[grading] EOFError"));
        await().atMost(Duration.ofMinutes(1)).until(() -> before.containsAll(Leftovers.sandboxesThatNobodyKeeps(worker)));
    }
}
