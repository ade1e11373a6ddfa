// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Sampling;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads calls of Chat Completions. */
final class ChatRequests {

    private ChatRequests() {}

    static Conversation read(ObjectNode body, boolean streamed, Losses losses) {
        var call = Members.of(body, losses);
        call.ignore("model", "stream");
        var options = call.object("stream_options");
        var usageInStream = options != null && options.is("include_usage");
        if (call.get("modalities").valueStream().anyMatch(modality -> !modality.asString("").equals("text"))) {
            call.refuse("modalities");
        }
        var answers = call.whole("n");
        if (answers != null && answers != 1) {
            losses.refuse("n", "only one answer can be asked of this model");
        }
        if (!call.text("service_tier", "auto").matches("auto|default")) {
            call.refuse("service_tier");
        }
        call.drop("store", "metadata", "user", "safety_identifier", "verbosity", "prompt_cache_key", "prompt_cache_options",
                "prompt_cache_retention");
        call.refuse("audio", "prediction", "logit_bias", "web_search_options", "moderation", "functions", "function_call",
                "return_token_ids", "prompt_token_ids", "continuation_from", "checkpoint");
        var conversation = new Conversation(
                ChatTurns.read(call, losses),
                tools(call, losses),
                choice(call, losses),
                !Boolean.FALSE.equals(call.flag("parallel_tool_calls")),
                sampling(call),
                form(call),
                new Effort(Levels.of(call, "reasoning_effort"), null, false),
                streamed,
                usageInStream,
                logprobs(call));
        // Whatever its users add to a call: what only some servers know is no reason to serve it nowhere else.
        call.dropRest();
        return conversation;
    }

    private static @Nullable Integer logprobs(Members call) {
        var top = call.whole("top_logprobs");
        return call.is("logprobs") ? top == null ? 0 : top.intValue() : null;
    }

    private static Sampling sampling(Members call) {
        var newer = call.whole("max_completion_tokens");
        var older = call.whole("max_tokens");
        return new Sampling(
                call.number("temperature"),
                call.number("top_p"),
                call.whole("top_k"),
                newer == null ? older : newer,
                call.texts("stop"),
                call.whole("seed"),
                call.number("presence_penalty"),
                call.number("frequency_penalty"));
    }

    private static Form form(Members call) {
        var format = call.object("response_format");
        return format == null ? new Form.Prose() : form(format, format.object("json_schema"));
    }

    /** @param described where the schema stands, with its name; null: nowhere */
    static Form form(Members format, @Nullable Members described) {
        return switch (format.needed("type")) {
            case "text" -> new Form.Prose();
            case "json_object" -> new Form.AnyJson();
            case "json_schema" -> {
                if (described == null || !(described.get("schema") instanceof ObjectNode schema)) {
                    throw format.bad("schema", "required, a JSON schema");
                }
                described.drop("description");
                yield new Form.Schema(described.text("name", "answer"), schema, described.flag("strict"));
            }
            default -> throw format.bad("type", "must be text, json_object or json_schema");
        };
    }

    private static List<ToolDeclaration> tools(Members call, Losses losses) {
        var tools = new ArrayList<ToolDeclaration>();
        for (var tool : call.objects("tools")) {
            switch (tool.text("type", "function")) {
                case "function" -> tools.add(function(tool.need("function"), null));
                case "custom" -> tools.add(custom(tool.need("custom"), null));
                default -> losses.refuse(tool.at("type"), tool.text("type") + " " + Losses.NOT_HERE);
            }
            tool.drop("cache_control");
        }
        return List.copyOf(tools);
    }

    static ToolDeclaration function(Members function, @Nullable String namespace) {
        function.drop("defer_loading", "output_schema", "cache_control", "allowed_callers");
        var schema = function.get("parameters");
        return new ToolDeclaration(
                ToolKind.FUNCTION,
                function.needed("name"),
                namespace,
                function.text("description"),
                schema.isObject() ? schema : null,
                function.is("strict") ? true : null,
                null);
    }

    static ToolDeclaration custom(Members custom, @Nullable String namespace) {
        custom.drop("defer_loading");
        var format = custom.object("format");
        var grammar = format == null || !format.text("type", "text").equals("grammar")
                ? null
                : format.object("grammar") == null ? format.text("definition") : format.need("grammar").text("definition");
        return new ToolDeclaration(
                ToolKind.CUSTOM, custom.needed("name"), namespace, custom.text("description"), null, null, grammar);
    }

    private static ToolChoice choice(Members call, Losses losses) {
        var choice = call.get("tool_choice");
        if (choice.isString()) {
            return word(call, choice.asString());
        }
        var named = call.object("tool_choice");
        if (named == null) {
            return new ToolChoice.Auto();
        }
        return switch (named.needed("type")) {
            case "function" -> new ToolChoice.One(named.need("function").needed("name"));
            case "custom" -> new ToolChoice.One(named.need("custom").needed("name"));
            default -> {
                losses.refuse("tool_choice", named.text("type") + " " + Losses.NOT_HERE);
                yield new ToolChoice.Auto();
            }
        };
    }

    static ToolChoice word(Members call, String word) {
        return switch (word) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Any();
            default -> throw call.bad("tool_choice", "must be auto, none, required or a tool");
        };
    }
}
