// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import java.util.Locale;

/**
 * Text as it is looked for: words of letters and digits in lower case, a blank between two. Whatever else stands between them parts them,
 * in what was said as in what is asked, so that a path, a name with underscores and a sentence are all found by their words. Nothing that
 * Postgres does not take as text is left.
 */
final class Words {

    /** Of a longer text the beginning counts, and the end, where it mostly says what went wrong. */
    private static final int BEGINNING = 6_000;

    private static final int END = 2_000;

    private final StringBuilder words = new StringBuilder();
    private final int most;

    /** @param most about so many characters are taken, and what comes after them is not */
    Words(int most) {
        this.most = most;
    }

    boolean isFull() {
        return words.length() >= most;
    }

    void add(String text) {
        if (text.length() <= BEGINNING + END) {
            append(text);
        } else {
            append(text.substring(0, BEGINNING));
            append(text.substring(text.length() - END));
        }
    }

    private void append(String text) {
        var isWithin = false;
        for (var at = 0; at < text.length() && !isFull(); ) {
            var character = text.codePointAt(at);
            at += Character.charCount(character);
            if (!isOfWord(character)) {
                isWithin = false;
                continue;
            }
            if (!isWithin && !words.isEmpty()) {
                words.append(' ');
            }
            isWithin = true;
            words.appendCodePoint(Character.toLowerCase(character));
        }
    }

    /** Also what is written on a letter, as scripts of India do. */
    private static boolean isOfWord(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> Character.isLetterOrDigit(character);
        };
    }

    @Override
    public String toString() {
        return words.toString();
    }

    /** A question with the signs of Postgres' web search, and no others: quotes, and a minus before a word. */
    static String asked(String query) {
        var asked = new StringBuilder();
        query.toLowerCase(Locale.ROOT).codePoints().forEach(character -> {
            var isBeforeWord = asked.isEmpty() || asked.charAt(asked.length() - 1) == ' ';
            asked.appendCodePoint(isOfWord(character) || character == '"' || character == '-' && isBeforeWord ? character : ' ');
        });
        return asked.toString();
    }
}
