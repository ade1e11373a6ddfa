// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One part of an evaluation.
 *
 * @param weight its share; a negative one makes it a penalty
 * @param value between 0 and 1
 * @param children what it was made of, if it was combined
 * @param info anything worth keeping with it
 */
public record SubScore(String name, double weight, double value, @Nullable List<SubScore> children, @Nullable ObjectNode info) {

    private static final Set<String> MEMBERS = Set.of("name", "weight", "value", "children", "info");

    public SubScore {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("value: must be between 0 and 1, is " + value);
        }
        children = children == null ? null : List.copyOf(children);
    }

    public static SubScore of(String name, double value) {
        return new SubScore(name, 1, value, null, null);
    }

    public SubScore weighing(double newWeight) {
        return new SubScore(name, newWeight, value, children, info);
    }

    public SubScore named(String newName) {
        return new SubScore(newName, weight, value, children, info);
    }

    public SubScore with(Map<String, ?> newInfo) {
        return new SubScore(name, weight, value, children, (ObjectNode) JsonSafe.of(newInfo));
    }

    /**
     * Reads one from a grade frame. Text and truth values pass for numbers, {@code metadata} for {@code info}; nothing else is forgiven.
     *
     * @throws IllegalArgumentException naming the member that is wrong
     */
    public static SubScore read(JsonNode json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("must be an object");
        }
        boolean aliased = json.has("metadata") && !json.has("info");
        json.propertyNames().stream()
                .filter(name -> !MEMBERS.contains(name) && !(aliased && name.equals("metadata")))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(name + ": unknown member");
                });
        if (!json.path("name").isString()) {
            throw new IllegalArgumentException("name: must be a string");
        }
        double weight = json.has("weight") ? Lax.number(json.get("weight"), "weight") : 1;
        double value = Lax.number(json.path("value"), "value");
        var info = Lax.object(json, aliased ? "metadata" : "info");
        return new SubScore(json.get("name").stringValue(), weight, value, Lax.subscores(json, "children"), info);
    }

    /** The wire form, without numbers that JSON cannot write. */
    public ObjectNode toJson() {
        return (ObjectNode) Json.finite(summary(true));
    }

    /** The wire form without {@code info}, at any depth. */
    public ObjectNode summary() {
        return (ObjectNode) Json.finite(summary(false));
    }

    ObjectNode summary(boolean withInfo) {
        var json = Json.object().put("name", name).put("weight", weight).put("value", value);
        json.set("children", children == null ? null : array(children, withInfo));
        if (withInfo) {
            json.set("info", info);
        }
        return json;
    }

    static JsonNode array(List<SubScore> subscores, boolean withInfo) {
        var array = Json.array();
        subscores.forEach(one -> array.add(one.summary(withInfo)));
        return array;
    }
}
