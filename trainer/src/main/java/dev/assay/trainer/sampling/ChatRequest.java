// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.sampling;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Sampler.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A body of Chat Completions. What would change what is sampled, and is not done here, is refused; what is not known and changes nothing is
 * let be.
 *
 * @param checkpoint to sample from; null: the head
 * @param ids whether the ids that were read and sampled are answered
 * @param logprobs whether their log-probabilities are
 * @param usage whether a stream ends with how many tokens it took
 */
record ChatRequest(
        String model, @Nullable String checkpoint, Conversation conversation, Sampling sampling, boolean ids, boolean logprobs,
        boolean stream, boolean usage) {

    private static final int MOST_ALTERNATIVES = 20;
    private static final int MOST_STOPS = 16;

    /** Members that are taken with these values alone, which change nothing. */
    private static final Map<String, Set<Double>> NEUTRAL = Map.of(
            "n", Set.of(1.0), "best_of", Set.of(1.0), "top_p", Set.of(1.0), "top_k", Set.of(0.0, -1.0), "min_p", Set.of(0.0),
            "frequency_penalty", Set.of(0.0), "presence_penalty", Set.of(0.0), "repetition_penalty", Set.of(1.0),
            "min_tokens", Set.of(0.0));

    static ChatRequest of(JsonNode body) {
        if (!body.isObject()) {
            throw ChatException.invalid("body", "must be a JSON object");
        }
        NEUTRAL.forEach((member, values) -> refuseUnless(member, given(body, member), values));
        if (body.path("logit_bias").size() > 0) {
            throw ChatException.invalid("logit_bias", "is not done here");
        }
        if (!body.path("response_format").path("type").asString("text").equals("text")) {
            throw ChatException.invalid("response_format", "only 'text' is done here");
        }
        var messages = Messages.of(given(body, "messages"));
        return new ChatRequest(
                text(body, "model", ""), text(body, "checkpoint", null),
                new Conversation(messages, Messages.tools(given(body, "tools"), given(body, "tool_choice")), before(body, messages)),
                sampling(body), flag(body, "return_token_ids"), flag(body, "logprobs"), flag(body, "stream"),
                flag(body.path("stream_options"), "include_usage"));
    }

    private static void refuseUnless(String member, @Nullable JsonNode given, Set<Double> values) {
        if (given != null && !(given.isNumber() && values.contains(given.doubleValue()))) {
            throw ChatException.invalid(
                    member, "is not done here, so it must be " + Math.round(values.iterator().next()) + " or absent, not " + given);
        }
    }

    /** What stands there; null as if it were absent. */
    private static @Nullable JsonNode given(JsonNode body, String member) {
        var given = body.get(member);
        return given == null || given.isNull() ? null : given;
    }

    private static @Nullable String text(JsonNode body, String member, @Nullable String absent) {
        var given = given(body, member);
        if (given == null) {
            return absent;
        }
        if (!given.isString()) {
            throw ChatException.invalid(member, "must be a text");
        }
        return given.stringValue();
    }

    private static boolean flag(JsonNode body, String member) {
        var given = given(body, member);
        if (given != null && !given.isBoolean()) {
            throw ChatException.invalid(member, "must be true or false, not " + given);
        }
        return given != null && given.booleanValue();
    }

    private static Sampling sampling(JsonNode body) {
        var temperature = given(body, "temperature");
        if (temperature != null && !(temperature.isNumber() && isTemperature(temperature.doubleValue()))) {
            throw ChatException.invalid("temperature", "must be 0, or from 0.001 to 100, not " + temperature);
        }
        var seed = given(body, "seed");
        if (seed != null && !(seed.isIntegralNumber() && seed.canConvertToLong())) {
            throw ChatException.invalid("seed", "must be a whole number, not " + seed);
        }
        var alternatives = number(body, "top_logprobs", 0, 0, MOST_ALTERNATIVES);
        if (alternatives > 0 && !flag(body, "logprobs")) {
            throw ChatException.invalid("top_logprobs", "asks for logprobs to be true");
        }
        var most = number(body, "max_tokens", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
        return new Sampling(
                number(body, "max_completion_tokens", most, 1, Integer.MAX_VALUE), temperature == null ? 1 : temperature.doubleValue(),
                seed == null ? null : seed.longValue(), stops(given(body, "stop")), alternatives);
    }

    private static boolean isTemperature(double temperature) {
        return temperature == 0 || temperature >= 0.001 && temperature <= 100;
    }

    private static int number(JsonNode body, String member, int absent, int least, int most) {
        var given = given(body, member);
        if (given == null) {
            return absent;
        }
        if (!given.isIntegralNumber() || !given.canConvertToInt() || given.intValue() < least || given.intValue() > most) {
            throw ChatException.invalid(member, "must be a whole number from " + least + " to " + most + ", not " + given);
        }
        return given.intValue();
    }

    private static List<String> stops(@Nullable JsonNode stop) {
        if (stop == null) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        for (var one : stop.isArray() ? stop : List.of(stop)) {
            if (!one.isString() || one.stringValue().isEmpty() || stops.size() == MOST_STOPS) {
                throw ChatException.invalid("stop", "must be a text, or up to " + MOST_STOPS + " of them, none of them empty");
            }
            stops.add(one.stringValue());
        }
        return stops;
    }

    /**
     * What the conversation goes on from. A client counts the messages of its own, to which a system message may have been added: the count
     * is right where an answer ends.
     */
    private static Conversation.@Nullable Before before(JsonNode body, List<Conversation.Message> messages) {
        var ids = given(body, "prompt_token_ids");
        var from = given(body, "continuation_from");
        if (ids == null || from == null) {
            return null;
        }
        if (!ids.isArray()) {
            throw ChatException.invalid("prompt_token_ids", "must be a list of whole numbers");
        }
        var known = new int[ids.size()];
        for (int i = 0; i < known.length; i++) {
            if (!ids.get(i).isIntegralNumber() || !ids.get(i).canConvertToInt()) {
                throw ChatException.invalid("prompt_token_ids[" + i + "]", "must be a whole number, not " + ids.get(i));
            }
            known[i] = ids.get(i).intValue();
        }
        int counted = number(body, "continuation_from", 0, 0, Integer.MAX_VALUE - 1);
        boolean system = messages.getFirst().role() == Conversation.Role.SYSTEM;
        for (int covered : system ? new int[] {counted + 1, counted} : new int[] {counted, counted + 1}) {
            if (covered > 0 && covered <= messages.size() && messages.get(covered - 1).role() == Conversation.Role.ASSISTANT) {
                return new Conversation.Before(known, covered);
            }
        }
        return null;
    }
}
