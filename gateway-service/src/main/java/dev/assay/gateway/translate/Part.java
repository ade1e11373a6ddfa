// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialect;

/** What a target may lack, with its name in each dialect, so that a refusal names what its client wrote. */
enum Part {
    IMAGE_LINK("messages[].content[].image_url", "input[].content[].image_url", "messages[].content[].source", "contents[].fileData"),
    DOCUMENT_LINK("messages[].content[].file", "input[].content[].file_url", "messages[].content[].source", "contents[].fileData"),
    IMAGE(
            "messages[].content[].image_url",
            "input[].content[].image_url",
            "messages[].content[].source",
            "contents[].parts[].inlineData"),
    DOCUMENT("messages[].content[].file", "input[].content[].file_data", "messages[].content[].source", "contents[].parts[].inlineData"),
    EFFORT("reasoning_effort", "reasoning", "thinking", "generationConfig.thinkingConfig"),
    THINKING("messages[].reasoning_details", "input[].reasoning", "messages[].content[].thinking", "contents[].parts[].thought"),
    STRICT("tools[].function.strict", "tools[].strict", "tools[].strict", "tools[].strict"),
    PARALLEL("parallel_tool_calls", "parallel_tool_calls", "tool_choice.disable_parallel_tool_use", "toolConfig"),
    TEMPERATURE("temperature", "temperature", "temperature", "generationConfig.temperature"),
    TOP_K("top_k", "top_k", "top_k", "generationConfig.topK"),
    STOP("stop", "stop", "stop_sequences", "generationConfig.stopSequences"),
    SEED("seed", "seed", "seed", "generationConfig.seed"),
    PRESENCE("presence_penalty", "presence_penalty", "presence_penalty", "generationConfig.presencePenalty"),
    FREQUENCY("frequency_penalty", "frequency_penalty", "frequency_penalty", "generationConfig.frequencyPenalty"),
    LOGPROBS("logprobs", "top_logprobs", "logprobs", "generationConfig.responseLogprobs"),
    ANY_JSON("response_format", "text.format", "output_config.format", "generationConfig.responseMimeType");

    private final String chat;
    private final String responses;
    private final String messages;
    private final String gemini;

    Part(String chat, String responses, String messages, String gemini) {
        this.chat = chat;
        this.responses = responses;
        this.messages = messages;
        this.gemini = gemini;
    }

    String in(Dialect dialect) {
        return switch (dialect) {
            case CHAT -> chat;
            case RESPONSES -> responses;
            case MESSAGES -> messages;
            case GEMINI -> gemini;
        };
    }
}
