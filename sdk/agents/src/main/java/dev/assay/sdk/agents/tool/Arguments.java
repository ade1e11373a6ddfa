// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A call's arguments, read as strictly as a model can be told about. */
public final class Arguments {

    private final JsonNode given;

    public Arguments(JsonNode given) {
        this.given = given;
    }

    /** A text that must be there; it may be empty. */
    public String text(String name) {
        var value = given.path(name);
        if (!value.isString()) {
            throw new IllegalArgumentException(name + " is required");
        }
        return value.stringValue();
    }

    /** A text that must be there and say something. */
    public String nonEmpty(String name) {
        var value = text(name);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " is required");
        }
        return value;
    }

    /** A text that may be left out; anything else in its place is wrong. */
    public String textOr(String name, String otherwise) {
        var value = given.path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : text(name);
    }

    /** A text that may be left out; an empty one counts as left out. */
    public Optional<String> optional(String name) {
        var value = given.path(name);
        return value.isString() && !value.stringValue().isEmpty() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    /** A number from 1 on that may be left out. */
    public Optional<Integer> positive(String name) {
        var value = given.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw new IllegalArgumentException(name + " must be a whole number from 1 on");
        }
        return Optional.of(value.intValue());
    }

    public boolean isZero(String name) {
        var value = given.path(name);
        return value.isIntegralNumber() && value.asInt(1) == 0;
    }

    /** Whether a switch was turned on; anything but {@code true} is off. */
    public boolean isTrue(String name) {
        return given.path(name).isBoolean() && given.path(name).booleanValue();
    }
}
