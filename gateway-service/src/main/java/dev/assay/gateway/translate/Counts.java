// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Usage;
import tools.jackson.databind.node.ObjectNode;

/** Tokens as each dialect counts them: Messages leaves the cache out of its input, Gemini the thoughts out of its candidates. */
final class Counts {

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

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
