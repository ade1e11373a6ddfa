// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tells the gateway which provider serves a model. */
@RestController
@Admits(Role.SERVICE)
class ResolveController {

    private final Catalog catalog;

    ResolveController(Catalog catalog) {
        this.catalog = catalog;
    }

    @GetMapping("/internal/models/resolve")
    ResolvedModel resolve(@RequestParam TeamId team, @RequestParam String model) {
        return catalog.find(team, model)
                .map(found -> new ResolvedModel(found.id(), found.modelName(), found.provider(),
                        found.trainer() == null ? found.upstreamModel() : found.id().toString()))
                .orElseThrow(() -> {
                    var unknown = Problem.notFound("The catalog has no model '" + model + "'.");
                    unknown.getBody().setProperty("near", catalog.near(team, model));
                    return unknown;
                });
    }
}
