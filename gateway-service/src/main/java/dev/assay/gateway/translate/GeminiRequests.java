// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Level;
import dev.assay.gateway.translate.Conversation.Sampling;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads calls of Gemini's generateContent. */
final class GeminiRequests {

    private GeminiRequests() {}

    static Conversation read(ObjectNode body, boolean streamed, Losses losses) {
        var call = Members.google(body, losses);
        call.ignore("model", "store");
        call.drop("labels");
        call.refuse("safetySettings", "cachedContent", "serviceTier");
        var tools = tools(call, losses);
        var config = call.object("toolConfig");
        var generation = call.object("generationConfig");
        var conversation = new Conversation(
                GeminiTurns.read(call, losses),
                tools,
                choice(config, losses),
                true,
                sampling(generation),
                form(generation),
                effort(generation),
                streamed,
                false,
                null);
        if (generation != null) {
            rest(generation, losses);
        }
        call.refuseRest();
        return conversation;
    }

    private static void rest(Members generation, Losses losses) {
        var answers = generation.whole("candidateCount");
        if (answers != null && answers != 1) {
            losses.refuse(generation.at("candidateCount"), "only one answer can be asked of this model");
        }
        if (!generation.texts("responseModalities").stream().allMatch("TEXT"::equalsIgnoreCase)) {
            losses.refuse(generation.at("responseModalities"), Losses.NOT_HERE);
        }
        generation.drop("mediaResolution");
        generation.refuse("responseLogprobs", "logprobs", "speechConfig", "imageConfig");
        generation.refuseRest();
    }

    private static Sampling sampling(@Nullable Members generation) {
        if (generation == null) {
            return new Sampling(null, null, null, null, List.of(), null, null, null);
        }
        return new Sampling(
                generation.number("temperature"),
                generation.number("topP"),
                generation.whole("topK"),
                generation.whole("maxOutputTokens"),
                generation.texts("stopSequences"),
                generation.whole("seed"),
                generation.number("presencePenalty"),
                generation.number("frequencyPenalty"));
    }

    private static Form form(@Nullable Members generation) {
        if (generation == null) {
            return new Form.Prose();
        }
        var mime = generation.text("responseMimeType", "text/plain");
        if (generation.get("responseJsonSchema") instanceof ObjectNode schema) {
            return new Form.Schema("answer", schema, null);
        }
        if (generation.get("responseSchema") instanceof ObjectNode schema) {
            return new Form.Schema("answer", GeminiSchemas.standard(schema), null);
        }
        return switch (mime) {
            case "text/plain" -> new Form.Prose();
            case "application/json" -> new Form.AnyJson();
            default -> throw generation.bad("responseMimeType", "must be text/plain or application/json");
        };
    }

    private static Effort effort(@Nullable Members generation) {
        var thinking = generation == null ? null : generation.object("thinkingConfig");
        if (thinking == null) {
            return Effort.UNSAID;
        }
        var budget = thinking.whole("thinkingBudget");
        var word = thinking.text("thinkingLevel");
        var level = word == null || word.equals("THINKING_LEVEL_UNSPECIFIED") ? null : Levels.of(thinking, "thinkingLevel");
        var effort = new Effort(
                budget != null && budget == 0 ? Level.NONE : level,
                budget == null || budget <= 0 ? null : budget,
                thinking.is("includeThoughts"));
        thinking.refuseRest();
        return effort;
    }

    private static List<ToolDeclaration> tools(Members call, Losses losses) {
        var tools = new ArrayList<ToolDeclaration>();
        for (var tool : call.objects("tools")) {
            for (var function : tool.objects("functionDeclarations")) {
                function.drop("response", "responseJsonSchema", "behavior");
                tools.add(new ToolDeclaration(
                        ToolKind.FUNCTION,
                        function.needed("name"),
                        null,
                        function.text("description"),
                        schema(function),
                        null,
                        null));
            }
            tool.refuseRest();
        }
        return List.copyOf(tools);
    }

    private static @Nullable JsonNode schema(Members function) {
        if (function.get("parametersJsonSchema") instanceof ObjectNode schema) {
            return schema;
        }
        return function.get("parameters") instanceof ObjectNode schema ? GeminiSchemas.standard(schema) : null;
    }

    private static ToolChoice choice(@Nullable Members config, Losses losses) {
        var calling = config == null ? null : config.object("functionCallingConfig");
        if (calling == null) {
            return new ToolChoice.Auto();
        }
        var allowed = calling.texts("allowedFunctionNames");
        if (allowed.size() == 1 && !calling.text("mode", "AUTO").equals("NONE")) {
            return new ToolChoice.One(allowed.getFirst());
        }
        if (!allowed.isEmpty()) {
            losses.refuse(calling.at("allowedFunctionNames"), "one function or all can be allowed for this model");
        }
        return switch (calling.text("mode", "AUTO")) {
            case "ANY" -> new ToolChoice.Any();
            case "NONE" -> new ToolChoice.None();
            default -> new ToolChoice.Auto();
        };
    }
}
