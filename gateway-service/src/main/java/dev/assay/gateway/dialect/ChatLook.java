// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One walk over a completion or a chunk, token by token. Says whether it is as it should be: what is not is read as a tree. */
final class ChatLook {

    private final JsonParser in;
    private final boolean chunk;
    private final boolean wantsModel;
    private final boolean wantsTier;

    /** Whether nothing has to be mended and it speaks of no error. */
    private boolean plain = true;

    private int known;
    final BitSet choices = new BitSet();
    final BitSet ended = new BitSet();
    /** Whether something was said beside who says it. */
    boolean said;
    @Nullable String finish;
    @Nullable String model;
    @Nullable String serviceTier;
    @Nullable Usage usage;

    private ChatLook(JsonParser in, boolean chunk, boolean wantsModel, boolean wantsTier) {
        this.in = in;
        this.chunk = chunk;
        this.wantsModel = wantsModel;
        this.wantsTier = wantsTier;
    }

    /**
     * @param chunk of a stream; else a whole completion
     * @return null: it has to be looked at more closely
     * @throws tools.jackson.core.JacksonException if it is no JSON
     */
    static @Nullable ChatLook at(byte[] bytes, int from, int to, boolean chunk, boolean wantsModel, boolean wantsTier) {
        try (var in = ModelJson.MAPPER.createParser(bytes, from, to - from)) {
            var look = new ChatLook(in, chunk, wantsModel, wantsTier);
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            look.members();
            var rest = in.nextToken();
            return look.plain && look.known == 0b1111 && rest == null ? look : null;
        }
    }

    private void members() {
        while (plain && in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            var value = in.nextToken();
            switch (name) {
                case "id" -> know(0b0001, isText(value));
                case "object" -> know(0b0010, isText(value));
                case "created" -> know(0b0100, value.isNumeric());
                case "choices" -> {
                    know(0b1000, value == JsonToken.START_ARRAY);
                    choices();
                }
                case "model" -> model = wantsModel && value == JsonToken.VALUE_STRING ? in.getString() : null;
                case "service_tier" -> serviceTier = wantsTier && value == JsonToken.VALUE_STRING ? in.getString() : null;
                case "usage" -> {
                    if (value == JsonToken.START_OBJECT) {
                        usage = Usages.chat(in.readValueAsTree());
                        continue;
                    }
                }
                case "error", "errors", "prompt_token_ids" -> plain = value == JsonToken.VALUE_NULL;
                default -> {}
            }
            in.skipChildren();
        }
    }

    private void know(int what, boolean right) {
        known |= what;
        plain &= right;
    }

    private boolean isText(JsonToken value) {
        return value == JsonToken.VALUE_STRING && in.getStringLength() > 0;
    }

    private void choices() {
        while (plain && in.nextToken() != JsonToken.END_ARRAY) {
            plain = in.currentToken() == JsonToken.START_OBJECT;
            if (plain) {
                choice();
            }
        }
        plain &= chunk || !choices.isEmpty();
    }

    private void choice() {
        var index = 0;
        var ends = false;
        var message = chunk;
        while (plain && in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            var value = in.nextToken();
            switch (name) {
                case "index" -> {
                    plain = value == JsonToken.VALUE_NUMBER_INT && in.getNumberType() == JsonParser.NumberType.INT && in.getIntValue() >= 0
                            && in.getIntValue() < 1024;
                    index = plain ? in.getIntValue() : 0;
                }
                case "finish_reason" -> {
                    ends = value == JsonToken.VALUE_STRING && ChatAnswer.isReason(in.getString());
                    finish = ends ? in.getString() : finish;
                }
                case "delta", "message" -> {
                    if (name.equals(chunk ? "delta" : "message")) {
                        message = true;
                        plain = value == JsonToken.START_OBJECT || chunk && value == JsonToken.VALUE_NULL;
                        saying(value);
                    } else {
                        plain = value == JsonToken.VALUE_NULL;
                    }
                }
                case "error" -> plain = value == JsonToken.VALUE_NULL;
                default -> {}
            }
            in.skipChildren();
        }
        plain &= message;
        choices.set(index);
        ended.set(index, ends);
        said |= ends;
    }

    private void saying(JsonToken token) {
        while (plain && token == JsonToken.START_OBJECT && in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            var value = in.nextToken();
            if (name.equals("tool_calls")) {
                plain = value == JsonToken.VALUE_NULL; // each has to be looked at
            } else if (!name.equals("role")) {
                said |= value != JsonToken.VALUE_NULL && (value != JsonToken.VALUE_STRING || in.getStringLength() > 0);
            }
            in.skipChildren();
        }
    }
}
