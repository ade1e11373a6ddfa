// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import org.jspecify.annotations.Nullable;

/** Why an answer ended. The tables of each dialect's words for it. */
public enum Finish {
    STOP("stop", "end_turn", "STOP"),
    STOP_SEQUENCE("stop", "stop_sequence", "STOP"),
    LENGTH("length", "max_tokens", "MAX_TOKENS"),
    TOOLS("tool_calls", "tool_use", "STOP"),
    /** The model refused, and said so. */
    REFUSED("stop", "refusal", "SAFETY"),
    /** Something took the answer away. */
    FILTERED("content_filter", "refusal", "SAFETY"),
    /** The conversation fills the model's window. */
    CONTEXT("length", "model_context_window_exceeded", "MAX_TOKENS"),
    /** The provider stopped in the middle and would go on. */
    PAUSED("length", "pause_turn", "MAX_TOKENS"),
    /** The model meant to call a tool, and what it said is no call. */
    MALFORMED_CALL("tool_calls", "tool_use", "MALFORMED_FUNCTION_CALL"),
    OTHER("stop", "end_turn", "OTHER");

    final String chat;
    final String messages;
    final String gemini;

    Finish(String chat, String messages, String gemini) {
        this.chat = chat;
        this.messages = messages;
        this.gemini = gemini;
    }

    /** Not every provider says that tools were called, or says it in a known word. */
    Finish having(boolean called) {
        return called && (this == STOP || this == OTHER) ? TOOLS : this;
    }

    static Finish ofChat(String word) {
        return switch (word) {
            case "stop" -> STOP;
            case "length" -> LENGTH;
            case "tool_calls", "function_call" -> TOOLS;
            case "content_filter" -> FILTERED;
            default -> OTHER;
        };
    }

    static Finish ofMessages(String word) {
        return switch (word) {
            case "end_turn" -> STOP;
            case "stop_sequence" -> STOP_SEQUENCE;
            case "max_tokens" -> LENGTH;
            case "tool_use" -> TOOLS;
            case "refusal" -> REFUSED;
            case "model_context_window_exceeded" -> CONTEXT;
            case "pause_turn" -> PAUSED;
            default -> OTHER;
        };
    }

    static Finish ofGemini(String word) {
        return switch (word) {
            case "STOP" -> STOP;
            case "MAX_TOKENS" -> LENGTH;
            case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY" -> FILTERED;
            case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS" -> MALFORMED_CALL;
            default -> OTHER;
        };
    }

    /** The word of a response's `incomplete_details`; null: it is complete. */
    @Nullable String incomplete() {
        return switch (this) {
            case LENGTH, CONTEXT, PAUSED -> "max_output_tokens";
            case FILTERED -> "content_filter";
            default -> null;
        };
    }
}
