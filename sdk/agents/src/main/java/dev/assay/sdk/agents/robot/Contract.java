// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a robot's environment says of itself.
 *
 * @param rate of its control: ticks, and pictures, in a second; at least 1
 * @param action what is sent at each tick; empty where it does not say
 * @param observations by their names, in the environment's order
 * @param parts the same by each part of their names
 */
record Contract(int rate, JsonNode action, Map<String, JsonNode> observations, Map<String, List<Named>> parts) {

    private static final Set<String> PICTURES = Set.of("rgb", "bgr", "gray", "depth");
    private static final int USUAL_RATE = 10;
    private static final int FASTEST = 10_000;
    private static final int MOST_FEATURES = 1024;

    /**
     * What names numbers.
     *
     * @param name the last part of the feature's name
     * @param names of each number
     * @param order which numbers of a vector these are; missing where it does not say
     */
    record Named(String name, List<String> names, JsonNode order) {}

    /** @throws IllegalArgumentException if its rate or its action's shape is none, or it has more features than any robot */
    static Contract of(Capability capability) {
        var contract = capability.params().path("contract");
        var observations = new LinkedHashMap<String, JsonNode>();
        var parts = new HashMap<String, List<Named>>();
        var action = Json.object().path("");
        if (contract.path("features").size() > MOST_FEATURES) {
            throw new IllegalArgumentException("the robot's contract has more than " + MOST_FEATURES + " features");
        }
        for (var feature : contract.path("features").properties()) {
            switch (feature.getValue().path("role").asString("")) {
                case "observation" -> {
                    observations.put(feature.getKey(), feature.getValue());
                    index(feature.getKey(), feature.getValue(), parts);
                }
                case "action" -> action = action.isMissingNode() ? feature.getValue() : action;
                default -> {}
            }
        }
        var whole = new Contract(rate(contract.path("control_rate")), action, observations, parts);
        whole.actionSize();
        return whole;
    }

    private static void index(String name, JsonNode feature, Map<String, List<Named>> parts) {
        var all = List.of(name.split("\\.", -1));
        var named = new Named(all.getLast(), names(feature), feature.path("order"));
        new LinkedHashSet<>(all).forEach(part -> parts.computeIfAbsent(part, none -> new ArrayList<>()).add(named));
    }

    /** Those that have this as a part of their names, in the environment's order. */
    List<Named> features(String part) {
        return parts.getOrDefault(part, List.of());
    }

    private static int rate(JsonNode told) {
        if (told.isMissingNode() || told.isNull() || told.isNumber() && Json.doubleOf(told) == 0) {
            return USUAL_RATE;
        }
        var rate = told.isNumber() ? Json.doubleOf(told) : Double.NaN;
        if (!(Math.abs(rate) <= FASTEST)) {
            throw new IllegalArgumentException("the robot's contract has a control_rate that is no number up to " + FASTEST + ": " + told);
        }
        return (int) Math.max(1, Math.rint(rate));
    }

    List<String> cameras() {
        return observations.entrySet().stream().filter(one -> isCamera(one.getValue())).map(Map.Entry::getKey).toList();
    }

    /** The first observation that no camera made. */
    Optional<String> state() {
        return observations.entrySet().stream().filter(one -> !isCamera(one.getValue())).map(Map.Entry::getKey).findFirst();
    }

    private static boolean isCamera(JsonNode feature) {
        return PICTURES.contains(feature.path("type").asString(""));
    }

    /** What each number of an action is called; empty where nobody said. */
    List<String> actionNames() {
        return names(action);
    }

    /**
     * How many numbers an action has, where the contract says so: at least 1.
     *
     * @throws IllegalArgumentException if its shape is none that an action could have
     */
    OptionalInt actionSize() {
        var shape = action.path("shape");
        if (shape.isArray() && shape.valueStream().allMatch(JsonNode::isInt)) {
            long size = 1;
            for (var length : shape) {
                size *= length.intValue();
                if (length.intValue() < 1 || size > Numbers.MOST) {
                    throw new IllegalArgumentException("the robot's contract has an action that cannot have its shape: " + shape);
                }
            }
            return OptionalInt.of((int) size);
        }
        return actionNames().isEmpty() ? OptionalInt.empty() : OptionalInt.of(actionNames().size());
    }

    static List<String> names(JsonNode feature) {
        return feature.path("names").isArray() ? feature.path("names").valueStream().map(name -> name.asString("")).toList() : List.of();
    }
}
