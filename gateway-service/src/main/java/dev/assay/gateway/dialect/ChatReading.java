// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Chat Completions. What providers leave out and clients take for granted is put in. */
final class ChatReading extends Reading {

    private static final byte[] DONE = Dialect.event("", "[DONE]");

    private final boolean withUsage;
    private final int answers;
    private final Instant now;
    private @Nullable String id;
    private final ToolCallIds calls = new ToolCallIds();
    private final ChatAnswer.Gathered gathered = new ChatAnswer.Gathered();
    private final BitSet choices = new BitSet();
    private final BitSet ended = new BitSet();
    private boolean done;

    /**
     * @param withUsage whether a chunk that only tells the usage goes on
     * @param answers how many choices are wanted
     */
    ChatReading(String provider, boolean streamed, boolean withUsage, int answers, Instant now) {
        super(provider, streamed);
        this.withUsage = withUsage;
        this.answers = answers;
        this.now = now;
    }

    @Override
    Verdict read(String name, byte[] bytes, int from, int to) {
        if (isDone(bytes, from, to)) {
            return done();
        }
        if (done) {
            return DROP;
        }
        var look = streamed && !name.equals("error") ? ChatLook.at(bytes, from, to, true, servedModel == null, serviceTier == null) : null;
        if (look == null) {
            return closely(name, text(bytes, from, to));
        }
        note(look);
        return look.choices.isEmpty() && look.usage != null && !withUsage ? DROP : PASS;
    }

    private void note(ChatLook look) {
        servedModel = servedModel == null ? look.model : servedModel;
        serviceTier = look.serviceTier == null ? serviceTier : look.serviceTier;
        usage = look.usage == null ? usage : look.usage;
        finish = look.finish == null ? finish : look.finish;
        answered |= look.said;
        choices.or(look.choices);
        ended.or(look.ended);
        noteEnd();
    }

    private void noteEnd() {
        finished = done || ended.cardinality() >= answers && ended.equals(choices);
    }

    private Verdict done() {
        if (!answered) {
            return failed(ModelError.of(502, "The provider '" + provider + "' ended its stream without an answer."));
        }
        if (done) {
            return DROP;
        }
        done = true;
        finished = streamed || ChatAnswer.isFinished(gathered.whole());
        return PASS;
    }

    private Verdict closely(String name, String data) {
        var chunk = ChatAnswer.chunk(provider, name, data);
        note(chunk);
        if (!streamed) {
            gathered.add(chunk);
            return PASS;
        }
        var all = chunk.path("choices");
        if (!all.isEmpty() && all.valueStream().allMatch(choice -> choice.path("message").isObject() && !choice.has("delta"))) {
            var pieces = ChatAnswer.chunks(chunk, false);
            pieces.forEach(this::mend);
            return new Verdict.Mended(events(pieces));
        }
        if (!all.isArray() || all.isEmpty() && chunk.path("usage").isObject() && !withUsage) {
            return DROP;
        }
        return mend(chunk) ? new Verdict.Mended(Dialect.event("", chunk)) : PASS;
    }

    private boolean mend(ObjectNode chunk) {
        id = id == null ? "chatcmpl-" + UUID.randomUUID().toString().replace("-", "") : id; // of all chunks that have none
        var mended = ChatAnswer.complete(chunk, "chat.completion.chunk", id, now) | ChatAnswer.placePromptTokens(chunk);
        for (var choice : chunk.path("choices")) {
            mended |= calls.mendPiece(choice.path("index").asInt(0), choice.path("delta"));
        }
        return mended;
    }

    private void note(JsonNode answer) {
        servedModel = servedModel == null ? answer.path("model").stringValue(null) : servedModel;
        serviceTier = answer.path("service_tier").stringValue(serviceTier);
        var told = answer.path("usage").isObject() ? Usages.chat(answer.path("usage")) : null;
        usage = told == null ? usage : told;
        for (var choice : answer.path("choices")) {
            var index = Math.clamp(choice.path("index").asInt(0), 0, 1024);
            choices.set(index);
            if (ChatAnswer.isReason(choice.path("finish_reason").stringValue(null))) {
                finish = choice.path("finish_reason").asString();
                ended.set(index);
                answered = true;
            }
            answered |= choice.path("message").isObject()
                    || choice.path("delta").properties().stream().anyMatch(member -> !member.getKey().equals("role")
                            && !member.getValue().isNull() && !member.getValue().asString("more").isEmpty());
        }
        noteEnd();
    }

    @Override
    Verdict readWhole(byte[] bytes, int from, int to) {
        var look = streamed ? null : ChatLook.at(bytes, from, to, false, true, true);
        if (look != null) {
            note(look);
            answered = true;
            finished = true;
            return PASS;
        }
        var completion = ChatAnswer.completion(provider, bytes, from, to, now);
        note(completion.body());
        answered = true;
        finished = true;
        if (streamed) {
            done = true;
            return new Verdict.Mended(stream(completion.body()));
        }
        return completion.mended() ? new Verdict.Mended(ModelJson.MAPPER.writeValueAsBytes(completion.body())) : PASS;
    }

    private byte[] stream(ObjectNode completion) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(events(ChatAnswer.chunks(completion, withUsage)));
        out.writeBytes(DONE);
        return out.toByteArray();
    }

    private static byte[] events(List<ObjectNode> chunks) {
        var out = new ByteArrayOutputStream();
        new ArrayList<>(chunks).forEach(chunk -> out.writeBytes(Dialect.event("", chunk)));
        return out.toByteArray();
    }

    /** Some providers forget the last line, none the reason. */
    @Override
    public byte[] closing() {
        if (!finished) {
            return NOTHING;
        }
        if (streamed) {
            return done ? NOTHING : DONE;
        }
        var whole = ModelJson.MAPPER.writeValueAsBytes(gathered.whole());
        return ModelJson.MAPPER.writeValueAsBytes(ChatAnswer.completion(provider, whole, 0, whole.length, now).body());
    }

    private static boolean isDone(byte[] bytes, int from, int to) {
        return to - from < 64 && text(bytes, from, to).strip().equals("[DONE]");
    }
}
