// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one evaluation, or one subscore, of many subscores. */
public final class Combine {

    private static final Logger log = LoggerFactory.getLogger(Combine.class);
    private static final double SLACK = 0.01;

    private Combine() {}

    public static EvaluationResult combine(SubScore... subscores) {
        return combine(List.of(subscores));
    }

    /**
     * The weighted sum: positive weights are scaled to sum to 1, negative ones stay as they are and take away.
     *
     * @throws IllegalArgumentException if no weight is positive
     */
    public static EvaluationResult combine(List<SubScore> subscores) {
        requireSome(subscores);
        double positive = subscores.stream().mapToDouble(SubScore::weight).filter(weight -> weight > 0).reduce(0, Double::sum);
        if (!(positive > 0)) {
            throw new IllegalArgumentException("subscores must include at least one positive weight");
        }
        if (Math.abs(positive - 1) > SLACK) {
            log.warn("grader weights sum to {}, not 1; they are scaled, so each counts differently from what was written", positive);
        }
        var scaled = distinctlyNamed(subscores).stream()
                .map(part -> part.weight() > 0 ? part.weighing(part.weight() / positive) : part)
                .toList();
        // Left to right, one rounding after the other: DoubleStream.sum compensates and would differ in the last digit.
        double reward = scaled.stream().map(part -> part.value() * part.weight()).reduce(0.0, Double::sum);
        return new EvaluationResult(reward, true, null, Json.object(), false, scaled, Json.object());
    }

    /** Runs the graders at once, then combines in their order; the first that fails makes it all fail. */
    public static EvaluationResult combineConcurrently(Collection<? extends Callable<SubScore>> graders) throws Exception {
        return combine(concurrently(graders));
    }

    /** What they say, in their order. */
    static List<SubScore> concurrently(Collection<? extends Callable<SubScore>> graders) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var finished = new ExecutorCompletionService<SubScore>(threads);
            var running = new ArrayList<Future<SubScore>>();
            graders.forEach(grader -> running.add(finished.submit(grader::call)));
            try {
                for (int done = 0; done < running.size(); done++) {
                    finished.take().get();
                }
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof Exception reason ? reason : failed;
            } finally {
                running.forEach(one -> one.cancel(true));
            }
            return running.stream().map(Future::resultNow).toList();
        }
    }

    /** One subscore as good as the best of these. */
    public static SubScore any(String name, double weight, List<SubScore> subscores) {
        requireSome(subscores);
        double best = subscores.stream().mapToDouble(SubScore::value).max().orElseThrow();
        return new SubScore(name, weight, best, distinctlyNamed(subscores), null);
    }

    /** One subscore as good as the worst of these. */
    public static SubScore all(String name, double weight, List<SubScore> subscores) {
        requireSome(subscores);
        double worst = subscores.stream().mapToDouble(SubScore::value).min().orElseThrow();
        return new SubScore(name, weight, worst, distinctlyNamed(subscores), null);
    }

    private static void requireSome(List<SubScore> subscores) {
        if (subscores.isEmpty()) {
            throw new IllegalArgumentException("subscores must not be empty");
        }
    }

    /** Names that occur several times get -1, -2 and so on, past any that is taken. */
    private static List<SubScore> distinctlyNamed(List<SubScore> subscores) {
        var occurrences = subscores.stream().collect(Collectors.groupingBy(SubScore::name, Collectors.counting()));
        var taken = new HashSet<>(occurrences.keySet());
        var suffixes = new HashMap<String, Integer>();
        Function<String, String> free = name -> {
            String candidate;
            do {
                candidate = name + "-" + suffixes.merge(name, 1, Integer::sum);
            } while (!taken.add(candidate));
            return candidate;
        };
        return subscores.stream()
                .map(part -> occurrences.get(part.name()) == 1 ? part : part.named(free.apply(part.name())))
                .toList();
    }
}
