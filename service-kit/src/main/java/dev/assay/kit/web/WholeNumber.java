// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import java.math.BigDecimal;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/** Reads a whole number however it is written: {@code 1.0} and {@code 1e3} are whole, {@code 1.5} is refused rather than cut. */
final class WholeNumber<N extends Number> extends StdScalarDeserializer<N> {

    private final transient Function<BigDecimal, N> exactly;

    WholeNumber(Class<N> type, Function<BigDecimal, N> exactly) {
        super(type);
        this.exactly = exactly;
    }

    @Override
    @SuppressWarnings("unchecked")
    public N deserialize(JsonParser parser, DeserializationContext context) {
        if (!parser.hasToken(JsonToken.VALUE_NUMBER_INT) && !parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
            return (N) context.handleUnexpectedToken(getValueType(context), parser);
        }
        try {
            if (parser.isNaN()) {
                throw new ArithmeticException();
            }
            return exactly.apply(parser.getDecimalValue());
        } catch (ArithmeticException e) {
            return (N) context.handleWeirdNumberValue(handledType(), parser.getDoubleValue(), "must be a whole number, and not so large");
        }
    }
}
