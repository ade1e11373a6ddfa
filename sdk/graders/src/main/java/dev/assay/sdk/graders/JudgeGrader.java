// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Grades by a model, which says of each criterion whether the answer meets it: one request each, all at once, to any server of the Chat
 * Completions protocol. Changing it makes another one, so that one declared once serves every task.
 *
 * <p>The value is the met criteria's share of the positive weights, what is met of the negative ones taken away, between 0 and 1; where
 * all weights are negative, 1 less the met share of them; without criteria 0.
 */
public final class JudgeGrader {

    private static final String NAME = "LLMJudgeGrader";
    private static final String ADDRESS = "HUD_GATEWAY_URL";
    private static final String KEY = "HUD_API_KEY";

    private final JudgeModel model;
    private final String question;
    private final List<Criterion> criteria;

    /**
     * @param weight its share; a negative one makes it an error to be avoided
     */
    record Criterion(String requirement, double weight) {

        String prompt(String question, String answer) {
            var blocks = new ArrayList<String>();
            blocks.add(block("criterion_type", weight < 0 ? "negative" : "positive"));
            blocks.add(block("criterion", requirement));
            if (!question.isEmpty()) {
                blocks.add(block("query", question));
            }
            blocks.add(block("response", answer));
            return String.join("\n\n", blocks);
        }

        private static String block(String tag, String content) {
            return "<" + tag + ">\n" + content + "\n</" + tag + ">";
        }
    }

    JudgeGrader(JudgeModel model, String question, List<Criterion> criteria) {
        this.model = model;
        this.question = question;
        this.criteria = criteria;
    }

    /**
     * @param baseUrl what an OpenAI SDK takes as its base url, such as {@code http://localhost:11434/v1}
     * @param key sent as a bearer token; whatever the server wants of one that needs none
     */
    public static JudgeGrader at(String baseUrl, String key, String model) {
        var server = JudgeModel.Server.at(baseUrl, key);
        return new JudgeGrader(new JudgeModel(() -> server, model), "", List.of());
    }

    /**
     * A model of the platform that the environment is served by, which tells where it answers in {@code HUD_GATEWAY_URL} and
     * {@code HUD_API_KEY}. They are looked up when it judges, which fails without them: as an environment is built it starts without them.
     */
    public static JudgeGrader ofThePlatform(String model) {
        return new JudgeGrader(new JudgeModel(() -> JudgeModel.Server.at(variable(ADDRESS), variable(KEY)), model), "", List.of());
    }

    private static String variable(String name) {
        var value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set: a judge of the platform needs it");
        }
        return value;
    }

    /** What the answer is an answer to; the judge is not told otherwise. */
    public JudgeGrader asked(String newQuestion) {
        return new JudgeGrader(model, newQuestion, criteria);
    }

    /** @param weight above 0 */
    public JudgeGrader must(String requirement, double weight) {
        return and(new Criterion(requirement, weight));
    }

    public JudgeGrader must(String requirement) {
        return must(requirement, 1);
    }

    /** @param weight above 0; what the answer loses if it makes the error */
    public JudgeGrader mustNot(String error, double weight) {
        return and(new Criterion(error, -weight));
    }

    private JudgeGrader and(Criterion criterion) {
        var more = new ArrayList<>(criteria);
        more.add(criterion);
        return new JudgeGrader(model, question, List.copyOf(more));
    }

    /**
     * @param answer what is no text is judged as Python would print it; the verdicts' reasons are kept in the children's {@code info}
     * @throws IOException if the model does not answer, or refuses
     * @throws IllegalArgumentException if what it answers is no verdict: better no grade than a guess
     * @throws IllegalStateException if a judge of the platform is not told where that is
     */
    public SubScore grade(@Nullable Object answer, double weight) throws Exception {
        var text = PythonText.str(answer);
        var info = Json.object();
        List<SubScore> children = null;
        if (criteria.isEmpty()) {
            info.put("error", "no criteria provided");
        } else {
            children = Combine.concurrently(
                    criteria.stream().map(one -> (Callable<SubScore>) () -> child(one, text)).toList());
            info.put("model", model.name());
        }
        return new SubScore(NAME, weight, children == null ? 0 : rubric(children), children, info.set("_parameters", parameters(answer)));
    }

    private SubScore child(Criterion criterion, String answer) throws IOException, InterruptedException {
        var verdict = Verdict.of(model.ask(criterion.prompt(question, answer)));
        return new SubScore(
                criterion.requirement(), criterion.weight(), verdict.met() ? 1 : 0, null, Json.object().put("reason", verdict.reason()));
    }

    static double rubric(List<SubScore> children) {
        double positive = children.stream().mapToDouble(SubScore::weight).filter(weight -> weight > 0).reduce(0, Double::sum);
        double negative = children.stream().mapToDouble(SubScore::weight).filter(weight -> weight < 0).reduce(0, (a, b) -> a - b);
        double sum = children.stream().map(child -> child.value() * child.weight()).reduce(0.0, Double::sum);
        if (!(positive > 0) && !(negative > 0)) {
            return 0;
        }
        double share = positive > 0 ? sum / positive : 1 + sum / negative;
        return Double.isNaN(share) ? 1 : Math.clamp(share, 0, 1);
    }

    private ObjectNode parameters(@Nullable Object answer) {
        var parameters = Json.object();
        parameters.set("answer", JsonSafe.of(answer));
        var told = parameters.putArray("criteria");
        criteria.forEach(one -> {
            if (one.weight() == 1) {
                told.add(one.requirement());
            } else {
                told.addArray().add(one.requirement()).add(one.weight());
            }
        });
        if (!question.isEmpty()) {
            parameters.put("question", question);
        }
        return parameters.put("model", model.name());
    }
}
