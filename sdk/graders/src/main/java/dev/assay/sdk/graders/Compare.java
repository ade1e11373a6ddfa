// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.PythonText;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares an answer with what was expected; every score lies between 0 and 1.
 *
 * <p>An answer that is no text is compared by the text that Python would make of it, so a missing answer reads {@code None}. The
 * character classes are written out because Java's own differ from Python's in every mode.
 */
public final class Compare {

    static final String WORD = "\\p{L}\\p{N}_";
    static final String SPACE = "\\x{9}-\\x{d}\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}"
            + "\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";
    private static final Pattern PUNCTUATION = Pattern.compile("[^" + WORD + SPACE + "]");
    private static final Pattern WORDS = Pattern.compile("[" + WORD + "]+");
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final Pattern ONE_OF_A_WORD = Pattern.compile("[" + WORD + "]");
    private static final Pattern SPACES = Pattern.compile("[" + SPACE + "]+");
    private static final Pattern ENDS = Pattern.compile("^[" + SPACE + "]+|[" + SPACE + "]+$");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(?:\\p{Nd}+(?:\\.\\p{Nd}*)?|\\.\\p{Nd}+)(?:[eE][+-]?\\p{Nd}+)?");

    private Compare() {}

    /** Lower case, without punctuation and articles, words one space apart. */
    public static String normalize(@Nullable Object text) {
        var words = PUNCTUATION.matcher(PythonText.lower(PythonText.str(text))).replaceAll(" ");
        // whole words, since a look-behind sees only half of a character beyond U+FFFF
        var essential = WORDS.matcher(words).replaceAll(word -> ARTICLES.contains(word.group()) ? " " : "$0");
        return trim(SPACES.matcher(essential).replaceAll(" "));
    }

    /** 1 if both are the same after {@link #normalize}. */
    public static double exactMatch(@Nullable Object answer, @Nullable Object expected) {
        return score(normalize(answer).equals(normalize(expected)));
    }

    /** 1 if both are the same but for case and surrounding space. */
    public static double sameText(@Nullable Object answer, String expected) {
        return score(PythonText.lower(trim(PythonText.str(answer))).equals(PythonText.lower(trim(expected))));
    }

    /** 1 if the answer contains the text, whatever the case. */
    public static double contains(@Nullable Object answer, String text) {
        return contains(answer, text, false);
    }

    public static double contains(@Nullable Object answer, String text, boolean caseSensitive) {
        return containsAll(answer, List.of(text), caseSensitive);
    }

    /** 1 if the answer contains at least one of the texts, whatever the case. */
    public static double containsAny(@Nullable Object answer, Collection<String> texts) {
        return containsAny(answer, texts, false);
    }

    public static double containsAny(@Nullable Object answer, Collection<String> texts, boolean caseSensitive) {
        var found = cased(PythonText.str(answer), caseSensitive);
        return score(texts.stream().anyMatch(text -> holds(found, cased(text, caseSensitive))));
    }

    /** 1 if the answer contains every one of the texts, whatever the case. */
    public static double containsAll(@Nullable Object answer, Collection<String> texts) {
        return containsAll(answer, texts, false);
    }

    public static double containsAll(@Nullable Object answer, Collection<String> texts, boolean caseSensitive) {
        var found = cased(PythonText.str(answer), caseSensitive);
        return score(texts.stream().allMatch(text -> holds(found, cased(text, caseSensitive))));
    }

    /** 1 if the first number in the answer is exactly the expected one. */
    public static double numericMatch(@Nullable Object answer, double expected) {
        return numericMatch(answer, expected, 0);
    }

    /**
     * 1 if the first number in the answer is no further away than the tolerance. A sign right before the digits belongs to the number,
     * commas between thousands do not: {@code 1,234} is 1.
     */
    public static double numericMatch(@Nullable Object answer, double expected, double tolerance) {
        var number = NUMBER.matcher(PythonText.str(answer));
        return score(number.find() && Math.abs(Double.parseDouble(asciiDigits(number.group())) - expected) <= tolerance);
    }

    /** How far the words of both agree: the harmonic mean of precision and recall. */
    public static double f1Score(@Nullable Object answer, @Nullable Object reference) {
        var answered = words(answer);
        var wanted = words(reference);
        int common = answered.entrySet().stream()
                .mapToInt(word -> Math.min(word.getValue(), wanted.getOrDefault(word.getKey(), 0)))
                .sum();
        if (common == 0) {
            return 0;
        }
        double precision = (double) common / count(answered);
        double recall = (double) common / count(wanted);
        return 2 * precision * recall / (precision + recall);
    }

    private static Map<String, Integer> words(@Nullable Object text) {
        var words = new HashMap<String, Integer>();
        for (var word : normalize(text).split(" ")) {
            if (!word.isEmpty()) {
                words.merge(word, 1, Integer::sum);
            }
        }
        return words;
    }

    private static int count(Map<String, Integer> words) {
        return words.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** By whole characters: half of one is not in a text. */
    private static boolean holds(String text, String part) {
        int at = text.indexOf(part);
        while (at >= 0 && (splits(text, at) || splits(text, at + part.length()))) {
            at = text.indexOf(part, at + 1);
        }
        return at >= 0;
    }

    static boolean isWord(int point) {
        return ONE_OF_A_WORD.matcher(Character.toString(point)).matches();
    }

    private static boolean splits(String text, int at) {
        return at > 0 && at < text.length() && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
    }

    private static String cased(String text, boolean caseSensitive) {
        return caseSensitive ? text : PythonText.lower(text);
    }

    static String trim(String text) {
        return ENDS.matcher(text).replaceAll("");
    }

    private static String asciiDigits(String number) {
        var ascii = new StringBuilder();
        number.codePoints().forEach(point -> {
            if (Character.isDigit(point)) {
                ascii.append(Character.digit(point, 10));
            } else {
                ascii.appendCodePoint(point);
            }
        });
        return ascii.toString();
    }

    private static double score(boolean holds) {
        return holds ? 1 : 0;
    }
}
