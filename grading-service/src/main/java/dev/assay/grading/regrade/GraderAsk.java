// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.regrade;

import dev.assay.grading.regrade.Grader.ByJudge;
import dev.assay.grading.regrade.Grader.ByRule;
import dev.assay.grading.regrade.Grader.Criterion;
import dev.assay.grading.regrade.Grader.Rule;
import dev.assay.grading.regrade.RegradeController.CriterionAsk;
import dev.assay.grading.regrade.RegradeController.RegradeAsk;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads by what a job is to be graded once more. */
final class GraderAsk {

    static final int LONGEST = 4_000;
    private static final int LONGEST_MODEL = 300;
    private static final int MOST_CRITERIA = 50;
    private static final int MOST_TASKS = 10_000;

    private GraderAsk() {}

    /** @throws Problem 400 that names the field */
    static Grader read(RegradeAsk ask) {
        if ((ask.criteria() == null) == (ask.rule() == null)) {
            throw Problem.badRequest("criteria", "either these, for a judge, or a rule");
        }
        return ask.rule() == null ? judge(ask) : rule(ask, ask.rule());
    }

    private static ByJudge judge(RegradeAsk ask) {
        refuse("expected", ask.expected());
        var model = ask.model();
        if (model == null || model.isBlank() || model.length() > LONGEST_MODEL || !StorableText.of(model).equals(model)) {
            throw Problem.badRequest("model", "must be the name of a model, of at most " + LONGEST_MODEL + " characters");
        }
        var shown = ask.shown() == null ? "answer" : ask.shown();
        if (!shown.equals("answer") && !shown.equals("timeline")) {
            throw Problem.badRequest("shown", "must be 'answer' or 'timeline'");
        }
        var criteria = ask.criteria();
        if (criteria == null || criteria.isEmpty() || criteria.size() > MOST_CRITERIA) {
            throw Problem.badRequest("criteria", "must be 1 to " + MOST_CRITERIA + ", these are " + (criteria == null ? 0 : criteria.size()));
        }
        return new ByJudge(
                model.strip(),
                shown.equals("timeline"),
                IntStream.range(0, criteria.size()).mapToObj(index -> criterion("criteria[" + index + "]", criteria.get(index))).toList());
    }

    private static Criterion criterion(String at, @Nullable CriterionAsk ask) {
        var requirement = ask == null ? null : StorableText.ofNullable(ask.requirement());
        if (ask == null || requirement == null || requirement.isBlank() || requirement.length() > LONGEST) {
            throw Problem.badRequest(at + ".requirement", "must be a text of at most " + LONGEST + " characters");
        }
        var weight = ask.weight() == null ? 1 : ask.weight();
        if (!Double.isFinite(weight) || weight == 0) {
            throw Problem.badRequest(at + ".weight", "must be a number other than 0");
        }
        return new Criterion(requirement, weight);
    }

    private static ByRule rule(RegradeAsk ask, String word) {
        refuse("model", ask.model());
        refuse("shown", ask.shown());
        var rule = Rule.of(word).orElseThrow(() -> Problem.badRequest("rule", "must be one of " + Rule.words()));
        var expected = ask.expected();
        if (expected == null || !expected.isObject()) {
            return new ByRule(rule, texts("expected", rule, expected), Map.of());
        }
        if (expected.isEmpty() || expected.size() > MOST_TASKS) {
            throw Problem.badRequest("expected", "must be of 1 to " + MOST_TASKS + " tasks, these are " + expected.size());
        }
        Map<String, List<String>> ofTasks = new LinkedHashMap<>();
        expected.properties().forEach(one -> ofTasks.put(one.getKey(), texts("expected." + one.getKey(), rule, one.getValue())));
        return new ByRule(rule, null, ofTasks);
    }

    private static List<String> texts(String at, Rule rule, @Nullable JsonNode said) {
        var texts = said == null ? List.<JsonNode>of() : said.isArray() ? said.valueStream().toList() : List.of(said);
        if (texts.isEmpty() || texts.size() > rule.most) {
            throw Problem.badRequest(at, rule.most == 1 ? "must be one text or number" : "must be 1 to " + rule.most + " texts");
        }
        return texts.stream().map(text -> text(at, rule, text)).toList();
    }

    private static String text(String at, Rule rule, JsonNode said) {
        var text = said.isString() ? said.stringValue() : said.isNumber() ? said.asString() : null;
        if (text == null || text.length() > LONGEST) {
            throw Problem.badRequest(at, "must be a text of at most " + LONGEST + " characters, or a number");
        }
        if (!rule.anyText && !isNumber(text)) {
            throw Problem.badRequest(at, "must be a number for " + rule.word());
        }
        return text;
    }

    private static boolean isNumber(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static void refuse(String field, @Nullable Object said) {
        if (said != null) {
            throw Problem.badRequest(field, "does not go with what it is graded by");
        }
    }
}
