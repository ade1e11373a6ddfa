// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static dev.assay.trainer.transformers.PythonProcess.request;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.transformers.PythonProcess.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Samples in the process that has the weights. */
final class TransformersSampler implements Sampler {

    private final LoadedBase base;
    private final int number;
    private final PythonRenderer renderer;

    TransformersSampler(LoadedBase base, @Nullable Path weights) throws IOException {
        this.base = base;
        this.number = base.process().number();
        this.renderer = new PythonRenderer(base.process());
        base.process().ask(request("sampler").put("sampler", number).put("weights", weights == null ? null : weights.toString()));
    }

    @Override
    public int[] prompt(Conversation conversation) {
        return renderer.prompt(conversation);
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
        var answer = renderer.ask(request, prompt);
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
        return renderer.reply(sampled, conversation);
    }

    @Override
    public String text(int token) {
        return renderer.text(token);
    }

    @Override
    public void close() {
        base.process().release(number);
    }
}
