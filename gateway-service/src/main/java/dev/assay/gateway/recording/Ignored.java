// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What in the texts of requests changes from run to run and makes no other request of them: temporary files, ports, dates. Patterns are
 * their team's own, so they get a bounded number of steps.
 */
final class Ignored {

    static final String TAKEN = "«…»";
    static final int MOST = 50;
    static final int LONGEST = 500;

    /** Python's temporary files, and ports of this machine: no answer that is worth recording depends on them. */
    static final List<String> ALWAYS = List.of("/tmp/tmp[a-z0-9_]{8}", "(?<=127\\.0\\.0\\.1:|localhost:)[0-9]{4,5}");

    private static final long STEPS = 5_000_000;

    private final List<Pattern> patterns;
    private long steps = STEPS;

    /** @throws PatternSyntaxException if one is no pattern */
    Ignored(List<String> patterns) {
        this.patterns = patterns.stream().map(Pattern::compile).toList();
    }

    /** @throws ModelErrorException 400 if a pattern takes too many steps */
    String without(String text) {
        var rest = text;
        for (var pattern : patterns) {
            try {
                rest = pattern.matcher(new Bounded(rest, pattern)).replaceAll(TAKEN);
            } catch (StackOverflowError e) {
                throw tooMuch(pattern);
            }
        }
        return rest;
    }

    private static ModelErrorException tooMuch(Pattern pattern) {
        return new ModelErrorException(ModelError.of(400, "The pattern '" + pattern + "' that the recording ignores takes too many steps: "
                        + "repetitions of repetitions and of alternatives do.")
                .andNoUseTryingAgain());
    }

    /** A text that can be looked at so often in all. */
    private final class Bounded implements CharSequence {

        private final String text;
        private final Pattern pattern;

        Bounded(String text, Pattern pattern) {
            this.text = text;
            this.pattern = pattern;
            steps += 50L * text.length();
        }

        @Override
        public char charAt(int index) {
            if (--steps < 0) {
                throw tooMuch(pattern);
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return text.substring(from, to);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
