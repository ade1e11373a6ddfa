// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.model.ModelCall;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.model.Wire;
import dev.assay.sdk.protocol.Json;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lets another model say whether the agent has finished or only asks for leave, and tells it to go on if that is all it wants. */
public final class AskToGoOn implements AutoRespond {

    private static final Logger log = LoggerFactory.getLogger(AskToGoOn.class);

    private static final String MODEL = "gpt-5";
    private static final String GO_ON = "CONTINUE";
    private static final String STOP = "STOP";

    private static final String INSTRUCTIONS = """
            An agent works on a task for somebody who is not there. You read what it said last and say in one word how it is to be answered.

            STOP: the agent has done the task, or says that it cannot be done, is stuck or gives up. So it is, too, when it puts that as a \
            question ("All fields are filled in. Can I help with anything else?", "This cannot be done. Shall I try another task?").

            CONTINUE: the agent is in the middle of the task and only wants leave or an opinion before it goes on ("I am about to delete \
            the old entries. Shall I?", "Two of three steps are done. Do you want me to go on with the last?").

            Write STOP or CONTINUE and nothing else.""";

    @Override
    public Optional<String> followUp(String content, ModelEndpoint gateway) throws InterruptedException {
        try {
            var answer = new ModelHttp(gateway, Wire.OPENAI).post(new ModelCall("/responses", request(content)));
            return text(answer).toUpperCase(Locale.ROOT).contains(STOP) ? Optional.empty() : Optional.of(GO_ON);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.warn("an agent that stopped is not told to go on, since {} did not say whether it should: {}", MODEL, e.getMessage());
            return Optional.empty();
        }
    }

    private static ObjectNode request(String content) {
        var body = Json.object();
        body.putArray("input").addObject()
                .put("content", "The agent's last words:\n\n" + content)
                .put("role", "user");
        body.put("instructions", INSTRUCTIONS).put("max_output_tokens", 256).put("model", MODEL);
        body.putObject("reasoning").put("effort", "low");
        return body;
    }

    /** What it says; an answer without words means that nothing speaks against going on. */
    private static String text(JsonNode answer) {
        return answer.path("output").valueStream()
                .filter(item -> item.path("type").asString("").equals("message"))
                .flatMap(item -> item.path("content").valueStream())
                .filter(part -> part.path("type").asString("").equals("output_text"))
                .map(part -> part.path("text").asString(""))
                .collect(Collectors.joining());
    }
}
