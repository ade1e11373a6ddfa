// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.regrade;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.assay.grading.reading.ImpossibleException;
import dev.assay.sdk.graders.Compare;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** By what a job is graded once more. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "source")
@JsonSubTypes({@JsonSubTypes.Type(value = Grader.ByJudge.class, name = "judge"), @JsonSubTypes.Type(value = Grader.ByRule.class, name = "rule")})
sealed interface Grader {

    /** As grades name whoever gave them. */
    String name();

    /** @param timeline whether all of the run is judged, and not the answer alone */
    record ByJudge(String model, boolean timeline, List<Criterion> criteria) implements Grader {

        @Override
        public String name() {
            return model;
        }
    }

    /** @param weight below 0: what is described is a mistake */
    record Criterion(String requirement, double weight) {}

    /**
     * The answer is compared with what was expected.
     *
     * @param expected of all tasks; null: each has its own
     * @param ofTasks by the tasks' slugs
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ByRule(Rule rule, @Nullable List<String> expected, Map<String, List<String>> ofTasks) implements Grader {

        @Override
        public String name() {
            return rule.word();
        }

        /** @throws ImpossibleException if nobody said what is expected */
        double grade(String answer, @Nullable String task) {
            var of = task == null ? null : ofTasks.get(task);
            var texts = of != null ? of : expected;
            if (texts == null) {
                throw new ImpossibleException(task == null ? "The run has no task whose expected text could be looked up." : "Nothing is expected of task '" + task + "'.");
            }
            return rule.grade(answer, texts);
        }
    }

    /** The comparisons that tasks may grade by, under the same names. */
    enum Rule {
        EXACT_MATCH(1, true) {
            @Override
            double grade(String answer, List<String> expected) {
                return Compare.exactMatch(answer, expected.getFirst());
            }
        },
        CONTAINS(1, true) {
            @Override
            double grade(String answer, List<String> expected) {
                return Compare.contains(answer, expected.getFirst());
            }
        },
        CONTAINS_ANY(100, true) {
            @Override
            double grade(String answer, List<String> expected) {
                return Compare.containsAny(answer, expected);
            }
        },
        CONTAINS_ALL(100, true) {
            @Override
            double grade(String answer, List<String> expected) {
                return Compare.containsAll(answer, expected);
            }
        },
        NUMERIC_MATCH(1, false) {
            @Override
            double grade(String answer, List<String> expected) {
                return Compare.numericMatch(answer, Double.parseDouble(expected.getFirst()));
            }
        },
        F1_SCORE(1, true) {
            @Override
            double grade(String answer, List<String> expected) {
                return Compare.f1Score(answer, expected.getFirst());
            }
        };

        /** How many texts may be expected. */
        final int most;

        /** Whether any text may be; else it is a number. */
        final boolean anyText;

        Rule(int most, boolean anyText) {
            this.most = most;
            this.anyText = anyText;
        }

        abstract double grade(String answer, List<String> expected);

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static String words() {
            return Arrays.stream(values()).map(Rule::word).collect(Collectors.joining(", "));
        }

        static Optional<Rule> of(String word) {
            return Arrays.stream(values()).filter(rule -> rule.word().equals(word)).findFirst();
        }
    }
}
