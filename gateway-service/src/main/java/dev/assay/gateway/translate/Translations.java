// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** From which dialect into which a call can be turned, and how. */
public final class Translations {

    private Translations() {}

    /** Whether an upstream that speaks {@code of} can serve a client that speaks {@code asked}, which is another. */
    public static boolean can(Dialect asked, Dialect of, Operation operation) {
        return asked != of && operation == Operation.GENERATE;
    }

    /**
     * @param upstreamModel as the upstream calls the model
     * @param now when the call came, which answers of OpenAI's dialects say
     * @throws ModelErrorException 400 naming the member that the other dialect has no way to say
     */
    public static TranslatedCall call(Route route, Body body, CallHead head, Dialect to, String upstreamModel, Instant now) {
        if (!can(route.dialect(), to, route.operation())) {
            throw new ModelErrorException(ModelError.of(400, "This cannot be asked of this model: its upstream speaks another dialect than "
                            + "this path, and " + route.operation() + " has no counterpart there.")
                    .andNoUseTryingAgain());
        }
        var losses = Losses.strict(route.dialect());
        var tree = tree(body);
        var conversation = conversation(route.dialect(), tree, head.streamed(), losses);
        var written = switch (to) {
            case CHAT -> ChatCalls.write(conversation, upstreamModel, losses);
            case RESPONSES -> ResponsesCalls.write(conversation, upstreamModel, losses);
            case MESSAGES -> MessagesCalls.write(conversation, upstreamModel, losses);
            case GEMINI -> GeminiCalls.write(conversation, losses);
        };
        var asked = new Asked(route.dialect(), conversation, tree, head.model(), now, null);
        return new TranslatedCall(
                Body.Spliced.whole(ModelJson.MAPPER.writeValueAsBytes(written)),
                losses.dropped(),
                new Translated(AnswerReader.of(to), asked.writer()));
    }

    /** A call in its dialect, read. @throws ModelErrorException 400 naming the member that is wrong, or refused by {@code losses} */
    public static Conversation conversation(Dialect dialect, ObjectNode body, boolean streamed, Losses losses) {
        try {
            return switch (dialect) {
                case CHAT -> ChatRequests.read(body, streamed, losses);
                case RESPONSES -> ResponsesRequests.read(body, streamed, losses);
                case MESSAGES -> MessagesRequests.read(body, streamed, losses);
                case GEMINI -> GeminiRequests.read(body, streamed, losses);
            };
        } catch (JacksonException e) {
            throw new ModelErrorException(ModelError.badRequest("body", "has a value in it that cannot be read"));
        }
    }

    private static ObjectNode tree(Body body) {
        try {
            if (ModelJson.MAPPER.readTree(body.bytes(), 0, body.length()) instanceof ObjectNode tree) {
                return tree;
            }
        } catch (JacksonException e) {
            throw new ModelErrorException(ModelError.badRequest("body", "not valid JSON"));
        }
        throw new ModelErrorException(ModelError.badRequest("body", "must be a JSON object"));
    }
}
