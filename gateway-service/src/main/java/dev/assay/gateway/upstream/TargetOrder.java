// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.model.ModelResolution.Target;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** In which order the targets of a model are asked. */
final class TargetOrder {

    private TargetOrder() {}

    /**
     * By priority, and among equals by weight: the same conversation gets the same order everywhere and at all times, so that its target has
     * its beginning in a cache; when a target comes or goes, only the conversations move that it gains or leaves.
     *
     * @param conversation whatever is the same for all calls of one
     */
    static List<Target> of(List<Target> targets, String conversation) {
        return targets.stream()
                .sorted(Comparator.comparingInt(Target::priority).thenComparingDouble(target -> distance(target, conversation)))
                .toList();
    }

    /** Rendezvous hashing with weights: the nearest is asked first, and is each target as often as its weight says. */
    private static double distance(Target target, String conversation) {
        if (target.weight() <= 0) {
            return Double.POSITIVE_INFINITY;
        }
        var text = conversation + '\0' + target.upstream() + '\0' + target.model();
        var hash = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).getLeastSignificantBits();
        var uniform = ((hash & ((1L << 53) - 1)) + 0.5) / (1L << 53);
        return -Math.log(uniform) / target.weight();
    }
}
