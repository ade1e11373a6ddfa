// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static dev.assay.trainer.transformers.PythonProcess.bytes;
import static dev.assay.trainer.transformers.PythonProcess.request;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.ToolCall;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.transformers.PythonProcess.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Samples in the process that has the weights. */
final class TransformersSampler implements Sampler {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final LoadedBase base;
    private final int number;

    TransformersSampler(LoadedBase base, @Nullable Path weights) throws IOException {
        this.base = base;
        this.number = base.process().number();
        base.process().ask(request("sampler").put("sampler", number).put("weights", weights == null ? null : weights.toString()));
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
    public Sampled sample(int[] prompt, Sampling how) {
        if (prompt.length >= base.context()) {
            throw RefusedException.tooLong("The messages are " + prompt.length + " tokens; " + base.name() + " reads and answers "
                    + base.context() + " together.");
        }
        var request = request("sample").put("sampler", number)
                .put("most", how.most()).put("temperature", how.temperature()).put("seed", how.seed())
                .put("alternatives", how.alternatives());
        how.stop().forEach(request.putArray("stop")::add);
        var answer = ask(request, prompt);
        int many = answer.data().remaining() / 8;
        var tokens = new int[many];
        answer.data().asIntBuffer().get(tokens);
        var logprobs = new double[many];
        for (int place = 0; place < many; place++) {
            logprobs[place] = answer.data().getFloat(4 * (many + place));
        }
        List<List<Alternative>> alternatives = new ArrayList<>();
        for (var place : answer.head().path("alternatives")) {
            alternatives.add(place.valueStream().map(one -> new Alternative(one.get(0).intValue(), one.get(1).doubleValue())).toList());
        }
        return new Sampled(
                tokens, logprobs, alternatives, answer.head().path("ended").booleanValue(), answer.head().path("stop").asString(null));
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

    private Answer ask(ObjectNode request, int[] ids) {
        try {
            return base.process().ask(request, bytes(ids));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        base.process().release(number);
    }
}
