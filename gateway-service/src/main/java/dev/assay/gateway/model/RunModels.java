// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Which models the key of a run opens: the one that its agent was submitted with, and those that judge. */
@Component
public class RunModels {

    private final ModelDirectory models;
    private final List<String> judges;

    RunModels(ModelDirectory models, @Value("${assay.judge-models}") List<String> judges) {
        this.models = models;
        this.judges = judges.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
    }

    /**
     * @param asked as the call names the model
     * @param found what that stands for
     * @throws ModelErrorException 403 if it is neither the run's own nor a judge's
     */
    public void check(Caller caller, String asked, ResolvedModel found) {
        if (caller.role() != Role.RUN || judges(asked) || judges(found.modelName())) {
            return;
        }
        var own = caller.model();
        if (own == null || !models.resolve(caller.team(), own).id().equals(found.id())) {
            throw new ModelErrorException(ModelError.of(403, "The key of a run calls the model that its agent was submitted with ("
                            + (own == null ? "none" : own) + ") and judges (ASSAY_JUDGE_MODELS), not '" + found.modelName() + "'.")
                    .andNoUseTryingAgain());
        }
    }

    private boolean judges(String name) {
        return judges.stream().anyMatch(name::equalsIgnoreCase);
    }
}
