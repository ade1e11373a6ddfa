// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What one member of a config may be; null is always allowed and means: as usual. */
final class FieldRules {

    private static final Set<String> DISPLAYS = Set.of("summarized", "omitted");
    private static final int SMALLEST_BUDGET = 1024;
    private static final int LONGEST_WORD = 100_000;
    private static final int LONGEST_ADDRESS = 2_000;

    private FieldRules() {}

    /** Why a value cannot be taken; null if it can. */
    interface Rule {
        @Nullable String problem(JsonNode value);
    }

    static Rule any() {
        return value -> null;
    }

    static Rule text() {
        return value -> value.isString() ? null : "must be a string";
    }

    static Rule text(int shortest, int longest) {
        return value -> value.isString() && !value.stringValue().isBlank() && value.stringValue().length() >= shortest
                        && value.stringValue().length() <= longest
                ? null
                : "must be a string of " + shortest + " to " + longest + " characters, not only blanks";
    }

    /** What becomes part of a command line in a workspace, where a system takes no word of more than 128 KiB. */
    static Rule wordOfACommand() {
        return value -> value.isString() && value.stringValue().getBytes(StandardCharsets.UTF_8).length <= LONGEST_WORD
                ? null
                : "must be a string of at most " + LONGEST_WORD + " bytes (UTF-8) for this type of agent";
    }

    /** Where something is served by web socket. Who may be reached is for the worker to say, by the address that the name stands for. */
    static Rule webSocket() {
        return value -> value.isString() && isWebSocket(value.stringValue())
                ? null
                : "must be the address of a web socket: ws://host:port or wss://host:port";
    }

    private static boolean isWebSocket(String text) {
        try {
            var address = new URI(text);
            return ("ws".equals(address.getScheme()) || "wss".equals(address.getScheme())) && address.getHost() != null
                    && address.getUserInfo() == null && address.getFragment() == null && address.getPort() != 0
                    && address.getPort() < 65_536 && text.length() <= LONGEST_ADDRESS;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static Rule texts() {
        return value -> value.isArray() && value.valueStream().allMatch(JsonNode::isString) ? null : "must be an array of strings";
    }

    static Rule flag() {
        return value -> value.isBoolean() ? null : "must be true or false";
    }

    static Rule object() {
        return value -> value.isObject() ? null : "must be an object";
    }

    static Rule number() {
        return value -> value.isNumber() && Double.isFinite(value.asDouble(Double.NaN)) ? null : "must be a finite number";
    }

    /** In seconds; fractions are fine. */
    static Rule positiveSeconds() {
        return value -> value.isNumber() && value.asDouble(-1) > 0 && Double.isFinite(value.asDouble(-1))
                ? null
                : "must be a finite number of seconds, more than 0";
    }

    /** @param least null: also negative ones */
    static Rule whole(@Nullable Integer least) {
        return value -> isWhole(value) && (least == null || value.asDouble(0) >= least)
                ? null
                : "must be a whole number" + (least == null ? "" : ", at least " + least);
    }

    private static boolean isWhole(JsonNode value) {
        var number = value.isNumber() ? value.asDouble(Double.NaN) : Double.NaN;
        return number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE;
    }

    static Rule oneOf(String... words) {
        return value -> value.isString() && List.of(words).contains(value.stringValue()) ? null : "must be one of " + String.join(", ", words);
    }

    static Rule someOf(String... words) {
        return value -> value.isArray() && value.valueStream().allMatch(word -> word.isString() && List.of(words).contains(word.stringValue()))
                ? null
                : "must be an array of " + String.join(", ", words);
    }

    /** {@code {"mime_type": "image/png"}}, or {@code image/webp} with a {@code quality} of 0 to 100. */
    static Rule screenshot() {
        return value -> switch (value.path("mime_type").asString("")) {
            case "image/png" -> other(value, Set.of("mime_type"), "PNG");
            case "image/webp" -> {
                var quality = value.path("quality");
                yield quality.isMissingNode() || isWhole(quality) && quality.asInt() >= 0 && quality.asInt() <= 100
                        ? other(value, Set.of("mime_type", "quality"), "WebP")
                        : "quality must be a whole number from 0 to 100";
            }
            default -> "mime_type must be image/png or image/webp";
        };
    }

    static Rule thinking() {
        return value -> switch (value.path("type").asString("")) {
            case "adaptive" -> display(value, Set.of("type", "display"));
            case "enabled" -> isWhole(value.path("budget_tokens")) && value.path("budget_tokens").asInt() >= SMALLEST_BUDGET
                    ? display(value, Set.of("type", "display", "budget_tokens"))
                    : "budget_tokens must be a whole number, at least " + SMALLEST_BUDGET;
            case "disabled" -> display(value, Set.of("type"));
            default -> "type must be adaptive, enabled or disabled";
        };
    }

    private static @Nullable String other(JsonNode value, Set<String> members, String what) {
        var other = value.propertyNames().stream().filter(name -> !members.contains(name)).findFirst();
        return other.map(name -> "'" + name + "' is no member of " + what).orElse(null);
    }

    private static @Nullable String display(JsonNode thinking, Set<String> members) {
        var other = other(thinking, members, "this kind of thinking");
        if (other != null) {
            return other;
        }
        return !thinking.has("display") || DISPLAYS.contains(thinking.path("display").asString(""))
                ? null
                : "display must be one of summarized, omitted";
    }
}
