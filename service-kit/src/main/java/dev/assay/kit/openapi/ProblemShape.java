// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.List;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** The one shape of all errors. */
final class ProblemShape implements GlobalOpenApiCustomizer {

    static final String REFERENCE = "#/components/schemas/Problem";

    @Override
    public void customise(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(new Components());
        }
        var problem = new ObjectSchema();
        problem.setDescription("Why a request was refused (RFC 9457).");
        problem.addProperty("type", new StringSchema().description("A URI of the kind of problem; `about:blank` if its status says it all."));
        problem.addProperty("title", new StringSchema().description("What the status means."));
        problem.addProperty("status", new IntegerSchema().format("int32").description("As in the answer's first line."));
        problem.addProperty("detail", new StringSchema().description("What is wrong, in a sentence for people: `<field>: <reason>`."));
        problem.addProperty("instance", new StringSchema().description("The path that was asked for."));
        problem.setRequired(List.of("title", "status"));
        document.getComponents().addSchemas("Problem", problem);
    }
}
