// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of one JSON object of a request, each looked at by name, so that at the end what nobody looked at is known. A null member
 * counts as none. What has the wrong type is a 400 that names it.
 */
final class Members {

    private final ObjectNode node;
    private final String path;
    private final Losses losses;
    private final boolean twoSpellings;
    private final Set<String> seen = new HashSet<>();

    private Members(ObjectNode node, String path, Losses losses, boolean twoSpellings) {
        this.node = node;
        this.path = path;
        this.losses = losses;
        this.twoSpellings = twoSpellings;
    }

    static Members of(ObjectNode body, Losses losses) {
        return new Members(body, "", losses, false);
    }

    /** Google's: asked for in camel case, read in snake case too, since its own client mixes them. */
    static Members google(ObjectNode body, Losses losses) {
        return new Members(body, "", losses, true);
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    ModelErrorException bad(String name, String reason) {
        return new ModelErrorException(ModelError.badRequest(at(name), reason));
    }

    /** The member, or a missing node if there is none or it is null. */
    JsonNode get(String name) {
        seen.add(name);
        var value = node.path(name);
        if (twoSpellings && (value.isMissingNode() || value.isNull())) {
            var snake = snake(name);
            seen.add(snake);
            value = node.path(snake);
        }
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    boolean has(String name) {
        return !get(name).isMissingNode();
    }

    @Nullable String text(String name) {
        var value = typed(name, get(name).isString(), "must be a string");
        return value == null ? null : value.asString();
    }

    String text(String name, String otherwise) {
        return has(name) ? needed(name) : otherwise;
    }

    String needed(String name) {
        var text = text(name);
        if (text == null) {
            throw bad(name, "required, a string");
        }
        return text;
    }

    @Nullable Boolean flag(String name) {
        var value = typed(name, get(name).isBoolean(), "must be true or false");
        return value == null ? null : (Boolean) value.booleanValue();
    }

    boolean is(String name) {
        return Boolean.TRUE.equals(flag(name));
    }

    @Nullable Double number(String name) {
        var value = typed(name, get(name).isNumber(), "must be a number");
        if (value == null) {
            return null;
        }
        var number = finite(value);
        if (Double.isNaN(number)) {
            throw bad(name, "must be a number of a usual size");
        }
        return number;
    }

    /** A number; NaN if it is none, or too large to be one here. */
    static double finite(JsonNode value) {
        try {
            var number = value.isNumber() ? value.doubleValue() : Double.NaN;
            return Double.isInfinite(number) ? Double.NaN : number;
        } catch (JacksonException e) {
            return Double.NaN;
        }
    }

    @Nullable Long whole(String name) {
        var said = number(name);
        if (said != null && (said != Math.rint(said) || Math.abs(said) > 1L << 53)) {
            throw bad(name, "must be a whole number");
        }
        return said == null ? null : (Long) said.longValue();
    }

    private @Nullable JsonNode typed(String name, boolean right, String otherwise) {
        if (!has(name)) {
            return null;
        }
        if (!right) {
            throw bad(name, otherwise);
        }
        return get(name);
    }

    @Nullable Members object(String name) {
        return has(name) ? need(name) : null;
    }

    Members need(String name) {
        var value = typed(name, get(name).isObject(), "must be an object");
        if (value == null) {
            throw bad(name, "required, an object");
        }
        return new Members(value.asObject(), at(name), losses, twoSpellings);
    }

    /** The elements of a list of objects; none if there is no list. */
    List<Members> objects(String name) {
        var value = get(name);
        if (!value.isMissingNode() && !value.isArray()) {
            throw bad(name, "must be a list");
        }
        var objects = new ArrayList<Members>(value.size());
        for (var index = 0; index < value.size(); index++) {
            if (!(value.get(index) instanceof ObjectNode object)) {
                throw bad(name + "[" + index + "]", "must be an object");
            }
            objects.add(new Members(object, at(name) + "[" + index + "]", losses, twoSpellings));
        }
        return objects;
    }

    List<String> texts(String name) {
        var value = get(name);
        if (value.isString()) {
            return List.of(value.asString());
        }
        if (!value.isMissingNode() && !(value.isArray() && value.valueStream().allMatch(JsonNode::isString))) {
            throw bad(name, "must be a list of strings");
        }
        return value.valueStream().map(JsonNode::asString).toList();
    }

    /** They change nothing that matters to an upstream. */
    void ignore(String... names) {
        for (var name : names) {
            get(name);
        }
    }

    void drop(String... names) {
        for (var name : names) {
            if (has(name)) {
                losses.drop(at(name));
            }
        }
    }

    void refuse(String... names) {
        for (var name : names) {
            var value = get(name);
            if (!value.isMissingNode() && !(value.isBoolean() && !value.booleanValue()) && !(value.isContainer() && value.isEmpty())) {
                losses.refuse(at(name), Losses.NOT_HERE);
            }
        }
    }

    /** What nobody looked at is dropped. */
    void dropRest() {
        rest().forEach(name -> losses.drop(at(name)));
    }

    /** What nobody looked at is refused. */
    void refuseRest() {
        rest().forEach(name -> losses.refuse(at(name), Losses.NOT_HERE));
    }

    private List<String> rest() {
        return node.propertyNames().stream().filter(name -> !seen.contains(name) && !node.path(name).isNull()).toList();
    }

    private static String snake(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
