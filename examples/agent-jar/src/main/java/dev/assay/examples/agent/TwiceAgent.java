// SPDX-License-Identifier: Apache-2.0

package dev.assay.examples.agent;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.model.ModelCall;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.model.Wire;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;

/** An agent that lets its model answer, and then lets it look at its answer once more. */
public final class TwiceAgent implements Harness {

    @Override
    public String type() {
        return "twice";
    }

    /** It needs nothing of an environment but its prompt. */
    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    @Override
    public AgentResult run(AgentRun run) throws Exception {
        var http = new ModelHttp(run.model(), Wire.OPENAI);
        var messages = Json.array();
        messages.addObject().put("role", "user").put("content", run.promptText());
        var first = ask(run, http, messages);
        messages.addObject().put("role", "assistant").put("content", first);
        messages.addObject().put("role", "user").put("content", "Look at your answer again and give the final one alone. " + run.promptText());
        return AgentResult.completed(ask(run, http, messages), "done");
    }

    /** One turn, which is on the run's timeline when this returns. */
    private static String ask(AgentRun run, ModelHttp http, ArrayNode messages) throws Exception {
        var begun = Instant.now();
        var model = run.config().path("model").asString();
        var body = Json.object().put("model", model);
        body.set("messages", messages);
        var content = http.post(new ModelCall("/chat/completions", body)).path("choices").path(0).path("message").path("content");
        if (!content.isString()) { // before any answer, nothing is graded; later, what there was
            throw new IOException("the model answered without a text");
        }
        var said = content.stringValue();
        run.steps().record(AgentStep.says(said, List.of(), model), begun, Instant.now());
        return said;
    }
}
