// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.SandboxLabel;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OverForAWhileTests {

    private final OverForAWhile over = new OverForAWhile();
    private final SandboxLabel one = new SandboxLabel("one", 1);
    private final SandboxLabel other = new SandboxLabel("other", 2);

    @Test
    void onlyWhatWasOverTheLastTimeAlreadyIsEnded() {
        assertThat(ended(one)).isEmpty();
        assertThat(ended(one, other)).containsExactly(one);
        assertThat(ended()).as("nobody answered").isEmpty();
        assertThat(ended(one, other)).as("so nobody knows for how long").isEmpty();
    }

    private Set<SandboxLabel> ended(SandboxLabel... told) {
        var ended = new AtomicReference<>(Set.<SandboxLabel>of());
        over.round(labels -> Set.of(told), asking -> {
            ended.set(asking.apply(Set.of(one, other)));
            return ended.get().size();
        });
        return ended.get();
    }
}
