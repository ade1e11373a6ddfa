// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * When a rule fits: when everything that it names is so.
 *
 * @param last the role of the last message
 * @param matches found in the text of the last message
 * @param contains stands in the text of the last message
 * @param turn which of the assistant's turns comes next, the first being 1
 * @param offers the name of a tool that the call offers
 * @param conversationMatches found in the texts of all messages, joined by line breaks
 */
record When(
        @Nullable String last,
        @Nullable Pattern matches,
        @Nullable String contains,
        @Nullable Integer turn,
        @Nullable String offers,
        @Nullable Pattern conversationMatches) {

    static final When ALWAYS = new When(null, null, null, null, null, null);

    @JsonCreator
    static When of(
            @JsonProperty("last") @Nullable String last,
            @JsonProperty("matches") @Nullable String matches,
            @JsonProperty("contains") @Nullable String contains,
            @JsonProperty("turn") @Nullable Integer turn,
            @JsonProperty("offers") @Nullable String offers,
            @JsonProperty("conversation_matches") @Nullable String conversationMatches) {
        return new When(last, pattern("matches", matches), contains, turn, offers, pattern("conversation_matches", conversationMatches));
    }

    /** The values of the named groups if it fits a conversation; those of {@code matches} win. */
    Optional<Map<String, String>> fit(Dialogue conversation) {
        if (last != null && !last.equals(conversation.lastRole())
                || contains != null && !conversation.lastText().contains(contains)
                || turn != null && turn != conversation.turn()
                || offers != null && !conversation.tools().contains(offers)) {
            return Optional.empty();
        }
        var groups = new HashMap<String, String>();
        return find(conversationMatches, conversation::allText, groups) && find(matches, conversation::lastText, groups)
                ? Optional.of(groups)
                : Optional.empty();
    }

    private static boolean find(@Nullable Pattern pattern, Supplier<String> text, Map<String, String> groups) {
        if (pattern == null) {
            return true;
        }
        var matcher = pattern.matcher(text.get());
        if (!matcher.find()) {
            return false;
        }
        for (var name : pattern.namedGroups().keySet()) {
            var value = matcher.group(name);
            groups.put(name, value == null ? "" : value);
        }
        return true;
    }

    private static @Nullable Pattern pattern(String field, @Nullable String regex) {
        try {
            return regex == null ? null : Pattern.compile(regex, Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    field + ": " + e.getDescription() + " near position " + e.getIndex() + " of '" + regex + "'");
        }
    }
}
