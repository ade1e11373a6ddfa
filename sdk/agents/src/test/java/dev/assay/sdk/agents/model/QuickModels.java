// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import dev.assay.sdk.agents.ModelEndpoint;
import java.time.Duration;

/** Calls to models that are tried again as always, but at once. */
public final class QuickModels {

    private QuickModels() {}

    public static ModelHttp at(ModelEndpoint endpoint, Wire wire) {
        return new ModelHttp(endpoint, wire, pause -> {}, Duration.ofMinutes(1));
    }
}
