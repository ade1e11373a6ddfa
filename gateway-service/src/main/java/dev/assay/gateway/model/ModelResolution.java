// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.contracts.ModelId;
import java.util.List;

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
}
