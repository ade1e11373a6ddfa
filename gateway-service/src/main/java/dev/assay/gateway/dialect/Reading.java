// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the readings of all dialects do alike. */
abstract class Reading implements AnswerReading {

    static final byte[] NOTHING = {};

    final String provider;
    /** What the client wants, whatever comes. */
    final boolean streamed;

    boolean answered;
    boolean finished;
    @Nullable Usage usage;
    @Nullable String serviceTier;
    @Nullable String finish;
    @Nullable String servedModel;

    Reading(String provider, boolean streamed) {
        this.provider = provider;
        this.streamed = streamed;
    }

    @Override
    public final Verdict event(String name, byte[] bytes, int from, int to) {
        if (isBlank(bytes, from, to)) {
            return DROP;
        }
        try {
            return read(name, bytes, from, to);
        } catch (ModelErrorException e) {
            return failed(e.error());
        } catch (JacksonException e) {
            return failed(ChatAnswer.strange(provider, "holds an event that is no JSON", text(bytes, from, to)).error());
        }
    }

    @Override
    public final Verdict whole(byte[] bytes, int from, int to) {
        try {
            return readWhole(bytes, from, to);
        } catch (ModelErrorException e) {
            return failed(e.error());
        } catch (JacksonException e) {
            return failed(ChatAnswer.strange(provider, "is no JSON", text(bytes, from, Math.min(to, from + 1000))).error());
        }
    }

    /** @param name empty: the event has none */
    abstract Verdict read(String name, byte[] bytes, int from, int to);

    abstract Verdict readWhole(byte[] bytes, int from, int to);

    @Override
    public boolean answered() {
        return answered;
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public byte[] closing() {
        return NOTHING;
    }

    @Override
    public @Nullable Usage usage() {
        return usage;
    }

    @Override
    public @Nullable String serviceTier() {
        return serviceTier;
    }

    @Override
    public @Nullable String finish() {
        return finish;
    }

    @Override
    public @Nullable String servedModel() {
        return servedModel;
    }

    static Verdict failed(ModelError error) {
        return new Verdict.Failed(error, false);
    }

    /**
     * An error that came as an event of the dialect's own. It passes as it is, if it names nobody's account.
     *
     * @param readable whether the client's library would find it in its event
     */
    final Verdict failed(JsonNode error, boolean readable) {
        var said = ProviderError.of(error);
        var told = said.told(provider, said.impliedStatus());
        return new Verdict.Failed(told, readable && said.message() != null && said.message().equals(told.message()));
    }

    final ModelErrorException strange(String how, JsonNode body) {
        return ChatAnswer.strange(provider, how, String.valueOf(body));
    }

    final ModelErrorException strange(String how, byte[] bytes, int from, int to) {
        return ChatAnswer.strange(provider, how, text(bytes, from, Math.min(to, from + 1000)));
    }

    /** @throws ModelErrorException if it is an error, or nothing that has members */
    final ObjectNode object(byte[] bytes, int from, int to, String otherwise) {
        var json = ModelJson.MAPPER.readTree(bytes, from, to - from);
        if (json instanceof ObjectNode object) {
            return object;
        }
        ChatAnswer.failIfError(provider, json);
        throw strange(otherwise, json);
    }

    static boolean isBlank(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] > ' ' || bytes[at] < 0) {
                return false;
            }
        }
        return true;
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
