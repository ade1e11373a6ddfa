// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a judge says of one criterion.
 *
 * @param reason the judge's own, or what it said if it gave none
 */
record Verdict(boolean met, String reason) {

    private static final int LONGEST_REASON = 200;
    private static final Pattern FENCE = Pattern.compile("^```(?:json)?|```$");
    /** {@code MET}, with what turns it round before it. */
    private static final Pattern WORD = Pattern.compile("(UN[-_]?|[nN][oO][tT][" + Compare.SPACE + "_-]+)?MET(?![" + Compare.WORD + "])");

    /**
     * Reads what was asked for, an object with {@code criterion_status} and {@code explanation}, else the word alone.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Verdict of(String reply) {
        var text = Compare.trim(FENCE.matcher(Compare.trim(reply)).replaceAll(""));
        var object = object(text);
        return object == null ? ofWords(text) : ofObject(object);
    }

    private static @Nullable JsonNode object(String text) {
        int from = text.indexOf('{');
        int to = text.lastIndexOf('}');
        if (from < 0 || to < from) {
            return null;
        }
        try {
            return Json.MAPPER.readTree(text.substring(from, to + 1));
        } catch (JacksonException _) {
            return null;
        }
    }

    private static Verdict ofObject(JsonNode object) {
        var status = PythonText.str(object.path("criterion_status")).toUpperCase(Locale.ROOT);
        if (!status.equals("MET") && !status.equals("UNMET")) {
            throw new IllegalArgumentException("the judge's criterion_status is neither MET nor UNMET");
        }
        return new Verdict(status.equals("MET"), object.has("explanation") ? PythonText.str(object.get("explanation")) : "");
    }

    private static Verdict ofWords(String text) {
        boolean met = false;
        boolean negated = false;
        var word = WORD.matcher(text);
        for (int at = 0; word.find(at); ) {
            if (beginsWord(text, word.start())) {
                negated |= word.group(1) != null;
                met = true;
                at = word.end();
            } else {
                at = word.start() + 1;
            }
        }
        if (!met) {
            throw new IllegalArgumentException("the judge gave no verdict");
        }
        int end = text.offsetByCodePoints(0, Math.min(LONGEST_REASON, text.codePointCount(0, text.length())));
        return new Verdict(!negated, text.substring(0, end));
    }

    private static boolean beginsWord(String text, int at) {
        return at == 0 || !Compare.isWord(text.codePointBefore(at));
    }
}
