// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes secrets out of what is written down: those that are known, and what looks like one. Rather too much than too little, since files
 * go into repositories; and the same every time, since requests are compared without them. Taking them out twice is taking them out once.
 */
final class Secrets {

    static final String TAKEN = "«secret»";

    private static final String PEM_TEXT = "[A-Za-z0-9+/=\\s\\\\:,.]";

    /** Whoever calls writes what is looked through: loops give nothing back, so that each character is looked at a few times at most. */
    private static final Pattern LOOKS = Pattern.compile(String.join(
            "|",
            // with its end, which may be missing
            "-----BEGIN [A-Z0-9 ]{1,40}-----(?:" + PEM_TEXT + "++|-(?!----(?:BEGIN|END)))*+-----END [A-Z0-9 ]{1,40}-----",
            "-----BEGIN [A-Z0-9 ]{1,40}-----" + PEM_TEXT + "{16,}+",
            "\\b[srp]k[-_](?=[A-Za-z0-9_-]{16})[A-Za-z0-9_-]+",
            "\\bAIza[A-Za-z0-9_-]{30,}",
            "\\bgh[opusr]_[A-Za-z0-9]{20,}",
            "\\bgithub_pat_[A-Za-z0-9_]{20,}",
            "\\bxox[a-z]-[A-Za-z0-9-]{10,}",
            "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b",
            "(?i:(?<=aws_secret_access_key[\"' ]{0,3}[=:][\"' ]{0,3}))[A-Za-z0-9/+]{40}",
            "\\bas[kn]_[A-Za-z0-9_-]{43}", // this platform's own
            // with the words before it, so that it is looked for once in each
            "(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_]{0,40}+-){0,4}?eyJ[A-Za-z0-9_-]{8,}+\\.[A-Za-z0-9_-]{8,}+\\.[A-Za-z0-9_-]*+",
            "(?i:(?<=\\bbearer ))(?:(?=\\S{0,200}?[0-9])[A-Za-z0-9._~+/-]{8,}|[A-Za-z0-9._~+/-]{24,})=*"));

    private final List<String> known;

    /** @param known such as the key of whoever calls; what is too short to be a secret is none */
    Secrets(Set<String> known) {
        this.known = known.stream().filter(secret -> secret.length() >= 8).toList();
    }

    String without(String text) {
        var rest = text;
        for (var secret : known) {
            rest = rest.replace(secret, TAKEN);
        }
        return LOOKS.matcher(rest).replaceAll(TAKEN);
    }

    /** The same JSON without them, made anew. */
    JsonNode without(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var copy = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(member -> copy.set(without(member.getKey()), without(member.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                var copy = new ArrayList<JsonNode>(array.size());
                array.forEach(element -> copy.add(without(element)));
                yield JsonNodeFactory.instance.arrayNode().addAll(copy);
            }
            default -> node.isString() ? JsonNodeFactory.instance.stringNode(without(node.stringValue())) : node;
        };
    }
}
