// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Answers that are no generated text: counts of tokens, and embeddings. They never come as streams. */
final class PlainReading extends Reading {

    private final Dialect dialect;
    private final Operation operation;
    private final String wanted;

    PlainReading(Dialect dialect, Operation operation, String provider) {
        super(provider, false);
        this.dialect = dialect;
        this.operation = operation;
        this.wanted = switch (dialect) {
            case MESSAGES -> "input_tokens";
            case GEMINI -> switch (operation) {
                case COUNT_TOKENS -> "totalTokens";
                case EMBED -> "embedding";
                default -> "embeddings";
            };
            default -> "data";
        };
    }

    @Override
    Verdict read(String name, byte[] bytes, int from, int to) {
        throw strange("is a stream of events", bytes, from, to);
    }

    /** Embeddings are many numbers: nothing is built of them. */
    @Override
    Verdict readWhole(byte[] bytes, int from, int to) {
        var found = false;
        try (var in = ModelJson.MAPPER.createParser(bytes, from, to - from)) {
            if (in.nextToken() == JsonToken.START_OBJECT) {
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    found |= member(in, in.currentName(), in.nextToken());
                    in.skipChildren();
                }
                found &= in.nextToken() == null;
            }
        }
        if (!found) {
            var answer = object(bytes, from, to, "is no object");
            ChatAnswer.failIfError(provider, answer);
            throw strange(operation == Operation.COUNT_TOKENS ? "holds no count" : "holds no embedding", answer);
        }
        if (operation == Operation.COUNT_TOKENS) {
            usage = Usage.NONE; // a count costs nothing
        }
        answered = true;
        finished = true;
        return PASS;
    }

    /** Whether it is what was asked for. */
    private boolean member(JsonParser in, String name, JsonToken value) {
        if (name.equals("model") && value == JsonToken.VALUE_STRING) {
            servedModel = in.getString();
        } else if (name.equals("usage") && value == JsonToken.START_OBJECT && dialect == Dialect.CHAT) {
            usage = Usages.chat(in.readValueAsTree());
        } else if (name.equals("usageMetadata") && value == JsonToken.START_OBJECT) {
            usage = Usages.gemini(in.readValueAsTree());
        }
        return name.equals(wanted) && (value.isNumeric() || value == JsonToken.START_ARRAY || value == JsonToken.START_OBJECT);
    }
}
