// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.ModelId;

/**
 * {@code GET /internal/models/resolve?team=…&model=…}: which provider serves a model. Ids, slugs and display names match without case.
 * 404 when the catalog has no such model.
 *
 * @param modelName the slug
 * @param provider the provider's name, as the gateway's configuration spells it
 * @param upstreamModel what the provider calls the model
 */
public record ResolvedModel(ModelId id, String modelName, String provider, String upstreamModel) {

    /** The provider of models whose weights a trainer has; it calls them by their ids. */
    public static final String TRAINER = "trainer";

    /** Whether a trainer has its weights. */
    public boolean comesFromTrainer() {
        return provider.equalsIgnoreCase(TRAINER);
    }
}
