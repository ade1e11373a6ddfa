// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The shape of a runtime config. Clients refuse to read one that has a key they do not know, and with it the whole taskset: so it is refused
 * here, when it comes.
 */
public final class RuntimeConfigShape {

    private static final String ROOT = "runtime_config";

    private static final Map<String, Set<String>> KEYS = Map.of(
            ROOT, Set.of("image", "compose", "resources", "limits"),
            ROOT + ".compose", Set.of("document", "root", "service_access"),
            ROOT + ".compose.root", Set.of("compose_path"),
            ROOT + ".resources", Set.of("cpu", "memory_mb", "storage_mb", "gpu", "os", "tpu"),
            ROOT + ".resources.gpu", Set.of("type", "count"),
            ROOT + ".resources.tpu", Set.of("type", "topology"),
            ROOT + ".limits", Set.of("startup_timeout_s", "run_timeout_s"));

    private static final Map<String, Boolean> POSITIVE_NUMBERS = Map.of(
            ROOT + ".resources.cpu", false,
            ROOT + ".resources.memory_mb", true,
            ROOT + ".resources.storage_mb", true,
            ROOT + ".resources.gpu.count", true,
            ROOT + ".limits.startup_timeout_s", true,
            ROOT + ".limits.run_timeout_s", true);

    private static final Set<String> TEXTS = Set.of(ROOT + ".image", ROOT + ".resources.os", ROOT + ".compose.root.compose_path");

    private RuntimeConfigShape() {}

    /** What is wrong with it, a sentence for each fault; null members are always right. */
    public static List<String> faults(JsonNode config) {
        var faults = new ArrayList<String>();
        check(ROOT, config, faults);
        if (isGiven(config.path("image")) && isGiven(config.path("compose"))) {
            faults.add(ROOT + " takes either image or compose, not both");
        }
        return faults;
    }

    private static void check(String path, JsonNode value, List<String> faults) {
        if (value.isNull()) {
            return;
        }
        var known = KEYS.get(path);
        if (known != null) {
            checkObject(path, value, known, faults);
        } else if (POSITIVE_NUMBERS.containsKey(path)) {
            checkNumber(path, value, POSITIVE_NUMBERS.get(path), faults);
        } else if (TEXTS.contains(path) && (!value.isString() || value.stringValue().isEmpty())) {
            faults.add(path + " must be a text that is not empty");
        }
    }

    private static void checkObject(String path, JsonNode value, Set<String> known, List<String> faults) {
        if (!value.isObject()) {
            faults.add(path + " must be an object");
            return;
        }
        value.propertyStream().forEach(member -> {
            if (known.contains(member.getKey())) {
                check(path + "." + member.getKey(), member.getValue(), faults);
            } else {
                faults.add(path + " has no '" + member.getKey() + "': it takes " + String.join(", ", known.stream().sorted().toList()));
            }
        });
    }

    private static void checkNumber(String path, JsonNode value, boolean whole, List<String> faults) {
        var number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number > 0) || Double.isInfinite(number) || (whole && number != Math.rint(number))) {
            faults.add(path + " must be a " + (whole ? "whole " : "") + "number above 0");
        }
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }
}
