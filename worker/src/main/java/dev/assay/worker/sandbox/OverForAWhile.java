// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.SandboxLabel;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What was over already when it was asked before: whoever has just lost a lease, and is well, ends its sandbox itself. */
final class OverForAWhile {

    private Set<SandboxLabel> before = Set.of();

    /**
     * @param over which of these hold no lease
     * @param reaping ends what is over, as far as it is told
     * @return what that returned
     */
    int round(UnaryOperator<Set<SandboxLabel>> over, ToIntFunction<UnaryOperator<Set<SandboxLabel>>> reaping) {
        var now = new HashSet<SandboxLabel>();
        int reaped = reaping.applyAsInt(labels -> {
            var told = over.apply(labels);
            now.addAll(told);
            return told.stream().filter(before::contains).collect(Collectors.toSet());
        });
        before = now;
        return reaped;
    }
}
