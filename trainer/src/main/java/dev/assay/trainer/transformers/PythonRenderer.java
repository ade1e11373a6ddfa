// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static dev.assay.trainer.transformers.PythonProcess.bytes;
import static dev.assay.trainer.transformers.PythonProcess.request;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.ToolCall;
import dev.assay.trainer.engine.Renderer;
import dev.assay.trainer.engine.Sampler.Reply;
import dev.assay.trainer.engine.Sampler.Sampled;
import dev.assay.trainer.transformers.PythonProcess.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** By the tokenizer that a process has, and its chat template. */
final class PythonRenderer implements Renderer {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final PythonProcess process;

    PythonRenderer(PythonProcess process) {
        this.process = process;
    }

    @Override
    public int[] prompt(Conversation conversation) {
        var request = request("prompt");
        var messages = request.putArray("messages");
        for (var message : conversation.messages()) {
            var one = messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.text());
            if (!message.calls().isEmpty()) {
                var calls = one.putArray("tool_calls");
                message.calls().forEach(call -> put(calls.addObject().put("type", "function").putObject("function"), call));
            }
        }
        var tools = request.putArray("tools");
        for (var tool : conversation.tools()) {
            tools.addObject().put("type", "function").putObject("function")
                    .put("name", tool.name()).put("description", tool.description()).set("parameters", tool.parameters());
        }
        var before = conversation.before();
        var ids = ask(request, before == null ? new int[0] : before.ids()).data().asIntBuffer();
        var prompt = new int[ids.remaining()];
        ids.get(prompt);
        return prompt;
    }

    private static void put(ObjectNode function, ToolCall call) {
        function.put("name", call.name());
        try {
            function.set("arguments", JSON.readTree(call.arguments()));
        } catch (JacksonException e) {
            function.put("arguments", call.arguments()); // as it was said
        }
    }

    @Override
    public Reply reply(Sampled sampled, Conversation conversation) {
        var request = request("reply").put("stop", sampled.stop()).put("tools", !conversation.tools().isEmpty());
        var said = ask(request, sampled.tokens()).head();
        List<ToolCall> calls = new ArrayList<>();
        for (var call : said.path("calls")) {
            calls.add(new ToolCall(call.path("name").stringValue(), call.path("arguments").stringValue()));
        }
        return new Reply(said.path("text").stringValue(), calls);
    }

    @Override
    public String text(int token) {
        return ask(request("text"), new int[] {token}).head().path("text").stringValue();
    }

    Answer ask(ObjectNode request, int[] ids) {
        try {
            return process.ask(request, bytes(ids));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
