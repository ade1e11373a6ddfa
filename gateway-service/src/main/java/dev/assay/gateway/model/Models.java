// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.kit.identity.Caller;
import org.springframework.stereotype.Component;

/** What a model's name stands for, for whoever calls it. */
@Component
public class Models {

    private final ModelDirectory directory;
    private final RunModels allowed;
    private final Targets targets;

    Models(ModelDirectory directory, RunModels allowed, Targets targets) {
        this.directory = directory;
        this.allowed = allowed;
        this.targets = targets;
    }

    /**
     * @param asked as the call names the model
     * @throws dev.assay.gateway.dialect.ModelErrorException 404 that names what is near; 403 if it is none that the caller's run may call;
     *     503 if the catalog cannot be asked
     */
    public ModelResolution resolve(Caller caller, String asked) {
        var found = directory.resolve(caller.team(), asked);
        allowed.check(caller, asked, found);
        return new ModelResolution(found.id(), found.modelName(), targets.of(caller.team(), found));
    }
}
