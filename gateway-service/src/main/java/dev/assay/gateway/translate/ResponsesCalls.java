// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Source;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes calls of Responses, each with its whole conversation and kept by nobody. */
final class ResponsesCalls {

    private ResponsesCalls() {}

    static ObjectNode write(Conversation call, String model, Losses losses) {
        var sampling = call.sampling();
        var body = object().put("model", model).put("store", false);
        var input = body.putArray("input");
        call.turns().forEach(turn -> turn(input, turn, losses));
        tools(body, call);
        ChatCalls.set(body, "max_output_tokens", sampling.maxOutput());
        ChatCalls.set(body, "temperature", sampling.temperature());
        ChatCalls.set(body, "top_p", sampling.topP());
        refuse(losses, Part.TOP_K, sampling.topK());
        refuse(losses, Part.PRESENCE, sampling.presence());
        refuse(losses, Part.FREQUENCY, sampling.frequency());
        if (!sampling.stop().isEmpty()) {
            losses.refuse(Part.STOP);
        }
        if (sampling.seed() != null) {
            losses.drop(Part.SEED);
        }
        switch (call.form()) {
            case Form.Prose() -> {}
            case Form.AnyJson() -> body.putObject("text").putObject("format").put("type", "json_object");
            case Form.Schema schema ->
                body.putObject("text").putObject("format").put("type", "json_schema").setAll(ChatCalls.named(schema));
        }
        var level = Levels.openAi(call.effort());
        if (level != null) {
            body.putObject("reasoning").put("effort", level);
        }
        if (call.effort().show()) {
            body.withObjectProperty("reasoning").put("summary", "auto");
        }
        if (call.topLogprobs() != null) {
            body.put("top_logprobs", call.topLogprobs());
            body.putArray("include").add("message.output_text.logprobs");
        }
        return body.put("stream", call.streamed());
    }

    private static void refuse(Losses losses, Part part, @Nullable Number value) {
        if (value != null && value.doubleValue() != 0) {
            losses.refuse(part);
        }
    }

    /** An item for each call and each result; what stands between them is a message. */
    private static void turn(ArrayNode input, Turn turn, Losses losses) {
        var said = new ArrayList<Block>();
        for (var block : turn.blocks()) {
            switch (block) {
                case Block.ToolCall call -> {
                    message(input, turn.speaker(), said, losses);
                    input.addObject()
                            .put("type", "function_call")
                            .put("call_id", Ids.plain(call.id()))
                            .put("name", Emulated.name(call.namespace(), call.name()))
                            .put("arguments", Emulated.json(call.arguments()));
                }
                case Block.ToolResult result -> {
                    message(input, turn.speaker(), said, losses);
                    var written = input.addObject().put("type", "function_call_output").put("call_id", Ids.plain(result.id()));
                    var output = written.putArray("output");
                    if (result.failed()) {
                        output.addObject().put("type", "input_text").put("text", ResponsesTurns.FAILED);
                    }
                    result.blocks().forEach(inside -> content(output, inside));
                }
                case Block.Thinking unused -> losses.drop(Part.THINKING);
                default -> said.add(block);
            }
        }
        message(input, turn.speaker(), said, losses);
    }

    private static void message(ArrayNode input, Speaker speaker, List<Block> said, Losses losses) {
        if (said.isEmpty()) {
            return;
        }
        if (speaker == Speaker.ASSISTANT) {
            // As parts it would have to have the id of an answer that was another provider's.
            for (var block : said) {
                var text = block instanceof Block.Refusal(var refusal) ? refusal : MessagesTurns.text(List.of(block), losses);
                if (block instanceof Block.Refusal || block instanceof Block.Text) {
                    input.addObject().put("type", "message").put("role", "assistant").put("content", text);
                }
            }
        } else {
            var role = speaker == Speaker.SYSTEM ? "developer" : "user";
            var content = input.addObject().put("type", "message").put("role", role).putArray("content");
            said.forEach(block -> content(content, block));
        }
        said.clear();
    }

    private static void content(ArrayNode content, Block block) {
        switch (block) {
            case Block.Text(var said) -> content.addObject().put("type", "input_text").put("text", said);
            case Block.Image(var source, var detail) -> content.addObject()
                    .put("type", "input_image")
                    .put("detail", detail == null ? "auto" : detail)
                    .put("image_url", Sources.url(source));
            case Block.Document(Source.Link(var url), var title) -> content.addObject().put("type", "input_file").put("file_url", url);
            case Block.Document(var source, var title) -> content.addObject()
                    .put("type", "input_file")
                    .put("filename", title == null ? "document.pdf" : title)
                    .put("file_data", Sources.url(source));
            case Block.Refusal unused -> {}
            case Block.ToolCall unused -> {}
            case Block.ToolResult unused -> {}
            case Block.Thinking unused -> {}
        }
    }

    private static void tools(ObjectNode body, Conversation call) {
        if (call.tools().isEmpty()) {
            return;
        }
        var tools = body.putArray("tools");
        for (var tool : call.tools()) {
            var written = tools.addObject().put("type", "function").put("name", Emulated.name(tool));
            var description = Emulated.description(tool);
            if (description != null) {
                written.put("description", description);
            }
            written.set("parameters", Emulated.schema(tool));
            written.put("strict", Boolean.TRUE.equals(tool.strict()));
        }
        switch (call.choice()) {
            case ToolChoice.Auto() -> body.put("tool_choice", "auto");
            case ToolChoice.None() -> body.put("tool_choice", "none");
            case ToolChoice.Any() -> body.put("tool_choice", "required");
            case ToolChoice.One(var name) -> body.putObject("tool_choice").put("type", "function").put("name", Emulated.name(null, name));
        }
        body.put("parallel_tool_calls", call.parallelTools());
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
