// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.util.LinkedHashMap;
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
 */
record Contract(int rate, JsonNode action, Map<String, JsonNode> observations) {

    private static final Set<String> PICTURES = Set.of("rgb", "bgr", "gray", "depth");
    private static final int USUAL_RATE = 10;
    private static final int FASTEST = 10_000;

    /** @throws IllegalArgumentException if its rate is none */
    static Contract of(Capability capability) {
        var contract = capability.params().path("contract");
        var observations = new LinkedHashMap<String, JsonNode>();
        var action = Json.object().path("");
        for (var feature : contract.path("features").properties()) {
            switch (feature.getValue().path("role").asString("")) {
                case "observation" -> observations.put(feature.getKey(), feature.getValue());
                case "action" -> action = action.isMissingNode() ? feature.getValue() : action;
                default -> {}
            }
        }
        return new Contract(rate(contract.path("control_rate")), action, observations);
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

    /** How many numbers an action has, where the contract says so. */
    OptionalInt actionSize() {
        var shape = action.path("shape");
        if (shape.isArray() && shape.valueStream().allMatch(JsonNode::isInt)) {
            return OptionalInt.of(shape.valueStream().mapToInt(JsonNode::intValue).reduce(1, (one, other) -> one * other));
        }
        return actionNames().isEmpty() ? OptionalInt.empty() : OptionalInt.of(actionNames().size());
    }

    static List<String> names(JsonNode feature) {
        return feature.path("names").isArray() ? feature.path("names").valueStream().map(name -> name.asString("")).toList() : List.of();
    }
}
