// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a launch and a spare must have in common: all that a sandbox is made of.
 *
 * @param variables those that are no single run's
 * @param ofOneRun names of those that are, which a spare has a placeholder for
 */
record SpareKey(
        Prepared prepared, String declaredName, Map<String, String> variables, Set<String> ofOneRun, Network network, SandboxLimits limits) {

    /** Whoever made the version has the last word, by a variable of the version's. */
    private static final String WANTED = "ASSAY_SPARES";

    /** Empty: nobody says what of it is a single run's, it takes what a spare would keep from others, or its author wants none. */
    static Optional<SpareKey> of(SandboxSpec spec) {
        if (spec.ofThisRun().isEmpty() || spec.limits().gpus() > 0 || "false".equalsIgnoreCase(spec.environmentVariables().get(WANTED))) {
            return Optional.empty();
        }
        Map<String, String> common = new LinkedHashMap<>(spec.environmentVariables());
        var ofOneRun = new TreeSet<>(spec.ofThisRun());
        ofOneRun.retainAll(common.keySet());
        common.keySet().removeAll(ofOneRun);
        return Optional.of(new SpareKey(spec.prepared(), spec.declaredName(), Map.copyOf(common), Set.copyOf(ofOneRun), spec.network(), spec.limits()));
    }

    /**
     * The spare to launch.
     *
     * @param placeholders by the names of {@link #ofOneRun}
     * @param wait for so long it may wait, beside all that its run may take then
     */
    SandboxSpec spare(Map<String, String> placeholders, Duration wait) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.putAll(placeholders);
        return new SandboxSpec(SpareKeeping.LABEL, prepared, declaredName, all, network, limits.withLifetime(limits.lifetime().plus(wait)));
    }

    /** Without the variables' values. */
    @Override
    public String toString() {
        return "'" + declaredName + "' of " + prepared;
    }
}
