// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens as each dialect counts them: Messages leaves the cache out of its input, Gemini the thoughts out of its candidates. */
final class Counts {

    private static final long MOST = 1L << 53;

    private Counts() {}

    static ObjectNode chat(Usage usage) {
        var counts = object().put("prompt_tokens", usage.input())
                .put("completion_tokens", usage.output())
                .put("total_tokens", usage.input() + usage.output());
        counts.putObject("prompt_tokens_details")
                .put("cached_tokens", usage.cached())
                .put("cache_write_tokens", usage.cacheWrite() + usage.cacheWriteLong());
        counts.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
        return counts;
    }

    static ObjectNode responses(Usage usage) {
        var counts = object().put("input_tokens", usage.input());
        counts.putObject("input_tokens_details")
                .put("cached_tokens", usage.cached())
                .put("cache_write_tokens", usage.cacheWrite() + usage.cacheWriteLong());
        counts.put("output_tokens", usage.output());
        counts.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoning());
        return counts.put("total_tokens", usage.input() + usage.output());
    }

    static ObjectNode messages(Usage usage) {
        var written = usage.cacheWrite() + usage.cacheWriteLong();
        var counts = object().put("input_tokens", Math.max(0, usage.input() - usage.cached() - written))
                .put("cache_creation_input_tokens", written)
                .put("cache_read_input_tokens", usage.cached())
                .put("output_tokens", usage.output());
        if (usage.reasoning() > 0) {
            counts.putObject("output_tokens_details").put("thinking_tokens", usage.reasoning());
        }
        return counts;
    }

    static ObjectNode gemini(Usage usage) {
        var counts = object().put("promptTokenCount", usage.input())
                .put("candidatesTokenCount", Math.max(0, usage.output() - usage.reasoning()))
                .put("totalTokenCount", usage.input() + usage.output());
        if (usage.cached() > 0) {
            counts.put("cachedContentTokenCount", usage.cached());
        }
        if (usage.reasoning() > 0) {
            counts.put("thoughtsTokenCount", usage.reasoning());
        }
        return counts;
    }

    static @Nullable Usage ofChat(JsonNode told) {
        return told.isObject()
                ? usage(
                        count(told, "prompt_tokens"),
                        count(told.path("prompt_tokens_details"), "cached_tokens"),
                        count(told.path("prompt_tokens_details"), "cache_write_tokens"),
                        0,
                        count(told, "completion_tokens"),
                        count(told.path("completion_tokens_details"), "reasoning_tokens"))
                : null;
    }

    static @Nullable Usage ofResponses(JsonNode told) {
        return told.isObject()
                ? usage(
                        count(told, "input_tokens"),
                        count(told.path("input_tokens_details"), "cached_tokens"),
                        count(told.path("input_tokens_details"), "cache_write_tokens"),
                        0,
                        count(told, "output_tokens"),
                        count(told.path("output_tokens_details"), "reasoning_tokens"))
                : null;
    }

    static @Nullable Usage ofMessages(JsonNode told) {
        if (!told.isObject()) {
            return null;
        }
        var cached = count(told, "cache_read_input_tokens");
        var written = count(told, "cache_creation_input_tokens");
        var longer = Math.min(written, count(told.path("cache_creation"), "ephemeral_1h_input_tokens"));
        return usage(
                count(told, "input_tokens") + cached + written,
                cached,
                written - longer,
                longer,
                count(told, "output_tokens"),
                count(told.path("output_tokens_details"), "thinking_tokens"));
    }

    static @Nullable Usage ofGemini(JsonNode told) {
        if (!told.isObject()) {
            return null;
        }
        var thoughts = count(told, "thoughtsTokenCount");
        return usage(
                count(told, "promptTokenCount") + count(told, "toolUsePromptTokenCount"),
                count(told, "cachedContentTokenCount"),
                0,
                0,
                count(told, "candidatesTokenCount") + thoughts,
                thoughts);
    }

    private static Usage usage(long input, long cached, long write, long writeLong, long output, long reasoning) {
        return new Usage(input, cached, write, writeLong, output, reasoning, 0, false);
    }

    private static long count(JsonNode in, String name) {
        return Math.clamp((long) Members.finite(in.path(name)), 0, MOST);
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
