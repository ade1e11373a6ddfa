// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Sampling;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads calls of Responses. What such a call continues has been put into its input before. */
final class ResponsesRequests {

    private static final String LOGPROBS = "message.output_text.logprobs";
    private static final String SEALS = "reasoning.encrypted_content";

    private ResponsesRequests() {}

    static Conversation read(ObjectNode body, boolean streamed, Losses losses) {
        var call = Members.of(body, losses);
        call.ignore("model", "stream", "stream_options", "store");
        call.drop("metadata", "client_metadata", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_options",
                "prompt_cache_retention", "truncation");
        call.refuse("previous_response_id", "conversation", "prompt", "background", "context_management", "max_tool_calls",
                "access_programs", "moderation");
        if (!call.text("service_tier", "auto").matches("auto|default")) {
            call.refuse("service_tier");
        }
        var include = call.texts("include");
        if (!include.stream().allMatch(what -> what.equals(LOGPROBS) || what.equals(SEALS))) {
            losses.drop("include");
        }
        var turns = new Turns(true);
        var instructions = call.text("instructions");
        if (instructions != null && !instructions.isEmpty()) {
            turns.add(Speaker.SYSTEM, List.of(new Block.Text(instructions)));
        }
        var tools = new ArrayList<ToolDeclaration>();
        tools(call, null, tools, losses);
        var items = new ResponsesTurns(turns, tools, losses);
        items.read(call);
        var text = call.object("text");
        var top = call.whole("top_logprobs");
        var conversation = new Conversation(
                turns.all(),
                List.copyOf(tools),
                choice(call, losses),
                !Boolean.FALSE.equals(call.flag("parallel_tool_calls")),
                new Sampling(
                        call.number("temperature"),
                        call.number("top_p"),
                        null,
                        call.whole("max_output_tokens"),
                        List.of(),
                        null,
                        null,
                        null),
                form(text),
                effort(call),
                streamed,
                false,
                top == null ? include.contains(LOGPROBS) ? 0 : null : (Integer) top.intValue());
        call.refuseRest();
        return conversation;
    }

    private static Form form(@Nullable Members text) {
        if (text == null) {
            return new Form.Prose();
        }
        text.drop("verbosity");
        var format = text.object("format");
        return format == null ? new Form.Prose() : ChatRequests.form(format, format);
    }

    private static Effort effort(Members call) {
        var reasoning = call.object("reasoning");
        if (reasoning == null) {
            return Effort.UNSAID;
        }
        var shown = reasoning.has("summary") || reasoning.has("generate_summary");
        var effort = new Effort(Levels.of(reasoning, "effort"), null, shown);
        reasoning.dropRest();
        return effort;
    }

    /** Adds the tools of a list, of namespaces too. */
    static void tools(Members in, @Nullable String namespace, List<ToolDeclaration> tools, Losses losses) {
        for (var tool : in.objects("tools")) {
            switch (tool.needed("type")) {
                case "function" -> tools.add(ChatRequests.function(tool, namespace));
                case "custom" -> tools.add(ChatRequests.custom(tool, namespace));
                case "namespace" -> tools(tool, tool.needed("name"), tools, losses);
                case "shell" -> tools.add(shell(tool, losses));
                // Codex offers it always, whatever its model can do; with everything declared at once there is nothing to search for.
                case "web_search", "tool_search" -> losses.drop(tool.at("type") + " " + tool.text("type"));
                default -> losses.refuse(tool.at("type"), tool.text("type") + " " + Losses.NOT_HERE);
            }
        }
    }

    private static ToolDeclaration shell(Members tool, Losses losses) {
        var environment = tool.object("environment");
        if (environment != null && !environment.text("type", "local").equals("local")) {
            losses.refuse(environment.at("type"), "only a shell that the client runs itself can be offered to this model");
        }
        return new ToolDeclaration(ToolKind.SHELL, "shell", null, null, null, null, null);
    }

    private static ToolChoice choice(Members call, Losses losses) {
        var choice = call.get("tool_choice");
        if (choice.isString()) {
            return ChatRequests.word(call, choice.asString());
        }
        var named = call.object("tool_choice");
        if (named == null) {
            return new ToolChoice.Auto();
        }
        return switch (named.needed("type")) {
            case "function", "custom" -> new ToolChoice.One(Emulated.name(named.text("namespace"), named.needed("name")));
            case "shell" -> new ToolChoice.One("shell");
            default -> {
                losses.refuse("tool_choice", named.text("type") + " " + Losses.NOT_HERE);
                yield new ToolChoice.Auto();
            }
        };
    }
}
