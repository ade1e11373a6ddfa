// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.sample;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.SampledCall;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelJson;
import java.nio.charset.StandardCharsets;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads one answer of a trainer as it passes, whole or piece by piece: its first choice, which is all that there is. One thread. */
public final class Sampling {

    private final Samples samples;
    private final Exchange call;
    private final RunId run;
    private final ModelId model;
    private final IntStream.Builder prompt = IntStream.builder();
    private final IntStream.Builder output = IntStream.builder();
    private final DoubleStream.Builder logprobs = DoubleStream.builder();
    private boolean hasPrompt;
    private boolean hasOutput;
    private boolean hasLogprobs;
    private boolean kept;

    Sampling(Samples samples, Exchange call, RunId run, ModelId model) {
        this.samples = samples;
        this.call = call;
        this.run = run;
        this.model = model;
    }

    /** A whole answer, or an event of one. */
    public void sees(byte[] bytes, int from, int to) {
        var text = new String(bytes, from, to - from, StandardCharsets.UTF_8).strip();
        if (text.startsWith("{")) {
            sees(ModelJson.MAPPER.readTree(text).path("choices").path(0));
        }
    }

    private void sees(JsonNode choice) {
        if (choice.path("prompt_token_ids").isArray()) {
            hasPrompt = true;
            addTo(prompt, choice.path("prompt_token_ids"));
        }
        if (choice.path("token_ids").isArray()) {
            hasOutput = true;
            addTo(output, choice.path("token_ids"));
        }
        var told = choice.path("logprobs").path("content");
        if (told.isArray()) {
            hasLogprobs = true;
            told.forEach(token -> logprobs.add(token.path("logprob").doubleValue()));
        }
    }

    private static void addTo(IntStream.Builder ids, JsonNode told) {
        told.forEach(id -> ids.add(id.intValue()));
    }

    /**
     * Nothing more comes, and the client has not got the end of it yet.
     *
     * @param headers of the answer
     * @throws dev.assay.gateway.dialect.ModelErrorException if it cannot be written down
     */
    public void keep(Fields headers) {
        if (kept) {
            return;
        }
        kept = true;
        var whole = hasPrompt && hasOutput && hasLogprobs;
        samples.keep(new SampledCall(
                call.id(), call.caller().team(), run, call.caller().attempt(), model,
                headers.first("x-hud-checkpoint").orElse(null), retry(),
                whole ? prompt.build().toArray() : null, whole ? output.build().toArray() : null,
                whole ? floats(logprobs.build().toArray()) : null));
    }

    /** What clients of OpenAI's libraries say when they ask again. */
    private int retry() {
        try {
            return call.request().first("x-stainless-retry-count").map(Integer::parseInt).orElse(0);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static float @Nullable [] floats(double[] numbers) {
        var floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }
}
