// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.loop.LoopSettings;
import dev.assay.sdk.agents.model.ModelCall;
import dev.assay.sdk.protocol.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of an agent's config that shapes its requests.
 *
 * @param body members that every request carries, as the config gives them
 * @param headers that the config adds to every request
 * @param query what the config adds to every request's address
 * @param timeout of one request, null: the library's own
 */
record ChatConfig(
        String model, @Nullable String systemPrompt, ObjectNode body, Map<String, String> headers, Map<String, String> query,
        @Nullable Duration timeout) {

    /** Beyond these the library knows no time; nobody waits so long, or so little. */
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final String DEFAULT_MODEL = "gpt-5.4-mini";

    /** Ours, whatever a config says: the conversation itself. */
    private static final Set<String> RESERVED = Set.of("model", "messages", "stream", "tools");

    /** Arguments of the client library, not members of the request. */
    private static final Set<String> NOT_BODY = Set.of("extra_body", "extra_headers", "extra_query", "timeout");

    /** Who calls, and for which run, is not the config's to say. */
    private static final Set<String> PROTECTED_HEADERS = Set.of("authorization", "trace-id", "x-hud-parent-trace-id", "host", "content-length");

    static ChatConfig of(JsonNode config) {
        var model = config.path("model").asString(config.path("checkpoint_name").asString(DEFAULT_MODEL));
        var systemPrompt = config.path("system_prompt");
        var kwargs = config.path("completion_kwargs");
        var body = Json.object();
        kwargs.propertyStream()
                .filter(member -> !RESERVED.contains(member.getKey()) && !NOT_BODY.contains(member.getKey()))
                .forEach(member -> body.set(member.getKey(), member.getValue()));
        kwargs.path("extra_body").propertyStream().forEach(member -> body.set(member.getKey(), member.getValue()));
        if (config.path("checkpoint").isString()) {
            body.set("checkpoint", config.path("checkpoint"));
        }
        if (capturesTokens(body) && !body.has("logprobs")) {
            body.put("logprobs", true);
        }
        var headers = kwargs.path("extra_headers").propertyStream()
                .filter(header -> !PROTECTED_HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, header -> header.getValue().asString("")));
        var query = kwargs.path("extra_query").propertyStream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, member -> member.getValue().asString("")));
        return new ChatConfig(
                model, systemPrompt.isString() ? systemPrompt.stringValue() : null, body, headers, query,
                bounded(LoopSettings.seconds(kwargs.path("timeout"))));
    }

    ModelCall call(ObjectNode request) {
        var added = query.entrySet().stream()
                .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                .sorted()
                .collect(Collectors.joining("&"));
        return new ModelCall("/chat/completions" + (added.isEmpty() ? "" : "?" + added), request, headers, timeout);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static @Nullable Duration bounded(@Nullable Duration time) {
        return time == null ? null : Collections.max(List.of(SHORTEST, Collections.min(List.of(LONGEST, time))));
    }

    /** Whether the model is asked for token ids, so that the run can be trained on. */
    boolean capturesTokens() {
        return capturesTokens(body);
    }

    private static boolean capturesTokens(JsonNode body) {
        return body.path("return_token_ids").asBoolean(false);
    }
}
