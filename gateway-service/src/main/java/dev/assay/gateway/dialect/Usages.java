// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What each dialect says of tokens, in one form. What is no number, or below zero, is nothing; null: nothing was told. */
public final class Usages {

    /** Sums of several stay what they are. */
    private static final long MOST = 1L << 53;

    private Usages() {}

    /** Completions: what went in is all that went in. Some count thoughts in the sum alone, beside what came out; some name them nowhere. */
    public static @Nullable Usage chat(JsonNode usage) {
        var beside = beside(usage);
        var in = usage.path("prompt_tokens_details");
        var cached = in.has("cached_tokens") ? in.path("cached_tokens") : usage.path("prompt_cache_hit_tokens");
        return told(usage, "prompt_tokens", "completion_tokens")
                ? new Usage(
                        count(usage.path("prompt_tokens")),
                        count(cached),
                        count(in.path("cache_write_tokens")),
                        0,
                        count(usage.path("completion_tokens")) + beside,
                        Math.max(count(usage.path("completion_tokens_details").path("reasoning_tokens")), beside),
                        count(in.path("image_tokens")),
                        false)
                : null;
    }

    private static long beside(JsonNode usage) {
        var counted = count(usage.path("prompt_tokens")) + count(usage.path("completion_tokens"));
        var isWhole = isCount(usage.path("prompt_tokens")) && isCount(usage.path("completion_tokens"));
        return isWhole ? Math.max(0, count(usage.path("total_tokens")) - counted) : 0;
    }

    public static @Nullable Usage responses(JsonNode usage) {
        var in = usage.path("input_tokens_details");
        return told(usage, "input_tokens", "output_tokens")
                ? new Usage(
                        count(usage.path("input_tokens")),
                        count(in.path("cached_tokens")),
                        count(in.path("cache_write_tokens")),
                        0,
                        count(usage.path("output_tokens")),
                        count(usage.path("output_tokens_details").path("reasoning_tokens")),
                        count(in.path("image_tokens")),
                        false)
                : null;
    }

    /** Anthropic counts what the cache gave, and what it took, beside what went in. */
    public static @Nullable Usage messages(JsonNode usage) {
        var read = count(usage.path("cache_read_input_tokens"));
        var written = count(usage.path("cache_creation_input_tokens"));
        var hour = Math.min(written, count(usage.path("cache_creation").path("ephemeral_1h_input_tokens")));
        return told(usage, "input_tokens", "output_tokens")
                ? new Usage(
                        count(usage.path("input_tokens")) + read + written,
                        read,
                        written - hour,
                        hour,
                        count(usage.path("output_tokens")),
                        count(usage.path("output_tokens_details").path("thinking_tokens")),
                        0,
                        false)
                : null;
    }

    /** Google counts thoughts beside what came out. */
    public static @Nullable Usage gemini(JsonNode usage) {
        var thoughts = count(usage.path("thoughtsTokenCount"));
        var images = usage.path("promptTokensDetails").valueStream()
                .filter(detail -> detail.path("modality").asString("").equals("IMAGE"))
                .mapToLong(detail -> count(detail.path("tokenCount")))
                .sum();
        return told(usage, "promptTokenCount", "candidatesTokenCount")
                ? new Usage(
                        count(usage.path("promptTokenCount")) + count(usage.path("toolUsePromptTokenCount")),
                        count(usage.path("cachedContentTokenCount")),
                        0,
                        0,
                        count(usage.path("candidatesTokenCount")) + thoughts,
                        thoughts,
                        images,
                        false)
                : null;
    }

    private static boolean told(JsonNode usage, String in, String out) {
        return isCount(usage.path(in)) || isCount(usage.path(out));
    }

    private static long count(JsonNode number) {
        return isCount(number) ? Math.min(number.asLong(), MOST) : 0;
    }

    /** Some write whole numbers as fractions. */
    private static boolean isCount(JsonNode number) {
        return number.isNumber() && number.canConvertToExactIntegral() && number.canConvertToLong() && number.asLong() >= 0;
    }
}
