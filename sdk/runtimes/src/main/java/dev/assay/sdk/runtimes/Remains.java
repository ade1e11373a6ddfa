// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What is left of sandboxes that stand elsewhere, and that nobody ends who is not asked to, told by what is written on them.
 *
 * @param installation of the worker that asks
 * @param owner that worker
 * @param lives whether an owner of this installation is there
 * @param open whether that worker has a sandbox of this id
 */
public record Remains(String installation, String owner, Predicate<String> lives, Predicate<String> open) {

    /** For the clock, and for whoever is ending it just now. */
    public static final Duration SPARE = Duration.ofMinutes(2);

    /** Whether nobody needs it. Who is of another installation cannot be asked: there the deadline counts alone. */
    public boolean include(Instant now, String itsInstallation, String itsOwner, String sandbox, Instant deadline) {
        if (deadline.isBefore(now.minus(SPARE))) {
            return true;
        }
        if (!itsInstallation.equals(installation)) {
            return false;
        }
        return itsOwner.equals(owner) ? !open.test(sandbox) : !lives.test(itsOwner);
    }

    /**
     * Of others' sandboxes, by id, leaves those whose work is over.
     *
     * @param of whose each of them is; empty: that cannot be read
     * @param over as {@link Runtime#reapOver} has it: not asked about none
     */
    public static <L> void keepOver(Map<String, L> others, Function<L, Optional<SandboxLabel>> of, UnaryOperator<Set<SandboxLabel>> over) {
        if (others.isEmpty()) {
            return;
        }
        var ended = over.apply(others.values().stream().flatMap(labels -> of.apply(labels).stream()).collect(Collectors.toSet()));
        others.values().removeIf(labels -> of.apply(labels).filter(ended::contains).isEmpty());
    }
}
