// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.contracts.ModelId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's name stands for.
 *
 * @param slug as the catalog calls it
 * @param targets where it can be asked; at least one
 */
public record ModelResolution(ModelId id, String slug, List<Target> targets) {

    /**
     * @param upstream the name of one
     * @param model what that one calls the model
     * @param weight how often it is chosen among those of its priority; 0: only if no other is left
     * @param priority lower ones are asked first
     */
    public record Target(String upstream, String model, int weight, int priority) {}

    /** The same, but first asked where one upstream is. @param upstream null: it is all one */
    public ModelResolution preferring(@Nullable String upstream) {
        return upstream == null ? this : new ModelResolution(id, slug, targets.stream()
                .map(target -> target.upstream().equalsIgnoreCase(upstream)
                        ? new Target(upstream, target.model(), Math.max(1, target.weight()), Integer.MIN_VALUE)
                        : target)
                .toList());
    }
}
