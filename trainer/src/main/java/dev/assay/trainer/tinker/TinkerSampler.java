// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Renderer;
import dev.assay.trainer.engine.Sampler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Samples at the service; what is said is read and written here. */
final class TinkerSampler implements Sampler {

    private static final Conversation NONE = new Conversation(List.of(), List.of(), null);

    private final RemoteSession session;
    private final TinkerModel model;
    private final Renderer renderer;
    private final String id;
    private final AtomicInteger sequence = new AtomicInteger();

    TinkerSampler(RemoteSession session, TinkerModel model, @Nullable Path weights) throws IOException {
        this.session = session;
        this.model = model;
        this.renderer = model.tokenizer().renderer();
        var body = session.about("create_sampling_session").put("sampling_session_seq_id", 0);
        var saved = weights == null ? null : SavedPaths.read(weights).sampled();
        if (weights != null && saved == null) {
            throw new IOException(weights.getFileName() + " names no weights to sample from");
        }
        this.id = session.wire()
                .ask("create_sampling_session", saved == null ? body.put("base_model", model.base()) : body.put("model_path", saved))
                .path("sampling_session_id").asString("");
    }

    @Override
    public int[] prompt(Conversation conversation) {
        return renderer.prompt(conversation);
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
    public Sampled sample(int[] prompt, Sampling how) {
        if (prompt.length >= model.context()) {
            throw RefusedException.tooLong("The messages are " + prompt.length + " tokens; " + model.name() + " reads and answers "
                    + model.context() + " together.");
        }
        if (how.temperature() != 1 && how.temperature() != 0) {
            throw RefusedException.unfit(
                    "temperature", "of " + model.name() + " it can be 1 or 0: the service that has it does not say what was sampled from at "
                            + "another");
        }
        try {
            var sampled = upToItsEnd(TinkerProto.sampled(session.wire().doneInProto("asample", request(prompt, how))));
            var certain = how.temperature() == 0 ? new double[sampled.tokens().length] : sampled.logprobs();
            return new Sampled(sampled.tokens(), certain, sampled.alternatives(), sampled.ended(), stop(sampled, how.stop()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode request(int[] prompt, Sampling how) {
        var body = TinkerWire.request("sample").put("sampling_session_id", id).put("seq_id", sequence.getAndIncrement())
                .put("num_samples", 1).put("prompt_logprobs", false).put("topk_sample_logprobs", how.alternatives());
        var tokens = body.putObject("prompt").putArray("chunks").addObject().put("type", "encoded_text").putArray("tokens");
        for (int token : prompt) {
            tokens.add(token);
        }
        var params = body.putObject("sampling_params")
                .put("max_tokens", Math.min(how.most(), model.context() - prompt.length))
                .put("temperature", how.temperature()).put("top_k", -1).put("top_p", 1.0);
        if (how.seed() != null) {
            params.put("seed", how.seed() & Long.MAX_VALUE);
        }
        if (!how.stop().isEmpty()) {
            how.stop().forEach(params.putArray("stop")::add);
        }
        return body;
    }

    /** Where it is told texts to stop at, the service may not stop at the model's own end. */
    private Sampled upToItsEnd(Sampled sampled) {
        for (int at = 0; at < sampled.tokens().length - 1; at++) {
            if (sampled.tokens()[at] == model.tokenizer().end()) {
                var alternatives = sampled.alternatives().isEmpty() ? sampled.alternatives() : sampled.alternatives().subList(0, at + 1);
                return new Sampled(
                        Arrays.copyOf(sampled.tokens(), at + 1), Arrays.copyOf(sampled.logprobs(), at + 1), alternatives, true, null);
            }
        }
        return sampled;
    }

    /** Which text ended it the service does not say: the one that the answer holds. */
    private @Nullable String stop(Sampled sampled, List<String> stops) {
        if (!sampled.ended() || stops.isEmpty()) {
            return null;
        }
        var said = renderer.reply(sampled, NONE).text();
        return stops.stream().filter(said::contains).findFirst().orElse(null);
    }

    @Override
    public void close() {
        session.close();
    }
}
