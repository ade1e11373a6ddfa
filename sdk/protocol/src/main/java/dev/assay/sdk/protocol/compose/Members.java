// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The members of one object of a document. What is wrong with one is noted, and it then counts as absent. */
final class Members {

    private static final Pattern DURATION = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:us|ms|s|m|h))+");
    private static final Pattern PART_OF_DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(us|ms|s|m|h)");
    private static final Map<String, Double> SECONDS = Map.of("us", 1e-6, "ms", 1e-3, "s", 1.0, "m", 60.0, "h", 3600.0);
    private static final Pattern BYTES = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmg]?)(?:i?b)?");
    private static final int LONGEST_DURATION = 60;
    private static final double LONGEST_SECONDS = 86_400;

    private final String path;
    private final JsonNode object;
    private final List<String> faults;

    Members(String path, JsonNode object, List<String> faults) {
        this.path = path;
        this.object = object;
        this.faults = faults;
        if (!object.isObject()) {
            faults.add(path + " must be an object");
        }
    }

    String path(String name) {
        return path + "." + name;
    }

    void fault(String name, String reason) {
        faults.add(path(name) + ": " + reason);
    }

    /** Null and absent are the same, and so are empty lists and objects: clients send these of what their authors never said. */
    boolean has(String name) {
        var value = object.path(name);
        return !value.isMissingNode() && !value.isNull() && !(value.isContainer() && value.isEmpty());
    }

    JsonNode get(String name) {
        return object.path(name);
    }

    Members object(String name) {
        return new Members(path(name), object.path(name), faults);
    }

    /** One of a list. */
    Members element(String name, JsonNode one) {
        return new Members(path(name), one, faults);
    }

    /** Refuses by name whatever is not listed; a member whose name begins with {@code x-} is nobody's. */
    void takeOnly(Set<String> known) {
        object.propertyNames().stream()
                .filter(name -> !known.contains(name) && !name.startsWith("x-") && has(name))
                .forEach(name -> fault(name, "nothing here knows this of Compose"));
    }

    /** Each member's name and what it is made of. */
    Map<String, JsonNode> all() {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        object.propertyStream().filter(member -> !member.getKey().startsWith("x-")).forEach(member -> all.put(member.getKey(), member.getValue()));
        return all;
    }

    @Nullable String text(String name) {
        if (!has(name)) {
            return null;
        }
        var value = object.path(name);
        if (!value.isString() && !value.isNumber()) {
            fault(name, "must be a text");
            return null;
        }
        return literal(name, value.isString() ? value.stringValue() : value.asString());
    }

    /** Clients put in what variables stand for; a dollar that is meant is written twice. */
    @Nullable String literal(String name, String text) {
        var rest = text.replace("$$", "");
        if (rest.contains("$")) {
            fault(name, "'" + text + "' has a variable that nothing stands for; a dollar that is meant is written $$");
            return null;
        }
        if (text.indexOf(0) >= 0) {
            fault(name, "has a character that none may have");
            return null;
        }
        return text.replace("$$", "$");
    }

    boolean flag(String name) {
        if (has(name) && !object.path(name).isBoolean()) {
            fault(name, "must be true or false");
        }
        return object.path(name).asBoolean(false);
    }

    /** Absent if it is not there; a single text is a list of one. */
    @Nullable List<String> texts(String name) {
        var value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (value.isString()) {
            return Optional.ofNullable(text(name)).map(List::of).orElse(List.of());
        }
        if (!value.isArray()) {
            fault(name, "must be a list of texts");
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (var one : value) {
            var text = one.isString() || one.isNumber() ? literal(name, one.asString()) : null;
            if (text != null) {
                texts.add(text);
            } else if (!one.isString()) {
                fault(name, "must be a list of texts");
            }
        }
        return texts;
    }

    Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        if (has(name)) {
            var members = object(name);
            members.object.propertyStream().forEach(member -> {
                var value = member.getValue();
                var text = value.isValueNode() && !value.isNull() ? members.literal(member.getKey(), value.asString()) : null;
                if (text != null) {
                    map.put(member.getKey(), text);
                } else if (!value.isString()) {
                    members.fault(member.getKey(), "must be a text");
                }
            });
        }
        return map;
    }

    @Nullable Duration duration(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        double seconds = 0;
        if (text.length() <= LONGEST_DURATION && DURATION.matcher(text).matches()) {
            for (var part = PART_OF_DURATION.matcher(text); part.find(); ) {
                seconds += Double.parseDouble(part.group(1)) * SECONDS.get(part.group(2));
            }
        }
        if (!(seconds > 0 && seconds <= LONGEST_SECONDS) && !text.equals("0s")) {
            fault(name, "'" + text + "' is no time above 0 and up to a day, such as 1m30s");
            return null;
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    @Nullable Long bytes(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        var match = BYTES.matcher(text.toLowerCase(java.util.Locale.ROOT));
        double bytes = !match.matches() ? 0 : Double.parseDouble(match.group(1)) * Math.pow(1024, " kmg".indexOf(match.group(2).isEmpty() ? " " : match.group(2)));
        if (!(bytes >= 6 << 20 && bytes < 1L << 50)) {
            fault(name, "'" + text + "' is no number of bytes of at least 6m, such as 512m");
            return null;
        }
        return (long) bytes;
    }

    @Nullable Double number(String name, double least, double most) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!(number >= least && number <= most)) {
            fault(name, "'" + text + "' is no number from " + least + " to " + most);
            return null;
        }
        return number;
    }
}
