// SPDX-License-Identifier: Apache-2.0

package dev.assay.examples.lettercount;

import dev.assay.sdk.environment.Agent;
import dev.assay.sdk.environment.Environment;
import dev.assay.sdk.graders.Compare;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** An environment small enough to read in a minute: the agent counts a letter in a word. */
public final class LetterCount {

    private LetterCount() {}

    /** What a task of this environment gives. */
    record CountLetter(String word, String letter) {}

    static Environment environment() {
        return Environment.named("letter-count-java")
                .version("0.1.0")
                .template("count_letter", CountLetter.class, LetterCount::countLetter)
                .describe("count_letter", "Count how often a letter occurs in a word.");
    }

    private static double countLetter(CountLetter task, Agent<JsonNode> agent) throws InterruptedException {
        var answer = agent.ask("How many times does the letter '%s' appear in '%s'? Answer with a number."
                .formatted(task.letter(), task.word()));
        var occurrences = task.word().split(Pattern.quote(task.letter()), -1).length - 1;
        return Compare.exactMatch(answer.text(), occurrences);
    }

    public static void main(String[] args) throws Exception {
        environment().serve(args);
    }
}
