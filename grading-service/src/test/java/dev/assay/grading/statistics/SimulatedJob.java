// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Rewards, task by task, and what the database would add them up to. */
record SimulatedJob(List<double[]> tasks) {

    /** How tasks are drawn: how likely one is passed, or which reward it gives on average, is from a beta distribution. */
    record Tasks(double mean, double concentration) {

        double draw(RandomGenerator random) {
            var one = gamma(mean * concentration, random);
            return one / (one + gamma((1 - mean) * concentration, random));
        }

        /** Marsaglia and Tsang 2000. */
        private static double gamma(double shape, RandomGenerator random) {
            if (shape < 1) {
                return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
            }
            var d = shape - 1.0 / 3;
            while (true) {
                var x = random.nextGaussian();
                var v = Math.pow(1 + x / Math.sqrt(9 * d), 3);
                if (v > 0 && Math.log(random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                    return d * v;
                }
            }
        }
    }

    /** @param lost how many of the runs fail, and are left out */
    static double[] passOrFail(double p, int runs, double lost, RandomGenerator random) {
        return graded(runs, lost, random).map(run -> random.nextDouble() < p ? 1 : 0).toArray();
    }

    /** Anything between 0 and 1, around {@code p}. */
    static double[] partial(double p, int runs, double lost, RandomGenerator random) {
        var width = Math.min(p, 1 - p);
        return graded(runs, lost, random).map(run -> p + width * (2 * random.nextDouble() - 1)).toArray();
    }

    private static DoubleStream graded(int runs, double lost, RandomGenerator random) {
        return IntStream.range(0, runs).filter(run -> random.nextDouble() >= lost).asDoubleStream();
    }

    Sample sample() {
        var graded = tasks.stream().filter(rewards -> rewards.length > 0).toList();
        return new Sample(
                graded.size(),
                graded.stream().mapToLong(rewards -> rewards.length).sum(),
                sum(graded, rewards -> (double) rewards.length * rewards.length),
                sum(graded, SimulatedJob::total),
                sum(graded, rewards -> rewards.length * total(rewards)),
                sum(graded, rewards -> total(rewards) * total(rewards)),
                sum(graded, SimulatedJob::squares),
                graded.stream().allMatch(SimulatedJob::isPassOrFail));
    }

    private static BigDecimal sum(List<double[]> tasks, ToDoubleFunction<double[]> value) {
        return new BigDecimal(tasks.stream().mapToDouble(value).sum());
    }

    /** Without how each task's runs spread, which nothing here asks for. */
    List<TaskResult> results() {
        return IntStream.range(0, tasks.size()).mapToObj(task -> result("task-" + task, tasks.get(task))).toList();
    }

    private static TaskResult result(String name, double[] rewards) {
        var mean = rewards.length == 0 ? null : Double.valueOf(total(rewards) / rewards.length);
        return new TaskResult(name, name, null, null, rewards.length, rewards.length, 0, 0, mean, null, isPassOrFail(rewards));
    }

    private static double total(double[] rewards) {
        return Arrays.stream(rewards).sum();
    }

    private static double squares(double[] rewards) {
        return Arrays.stream(rewards).map(reward -> reward * reward).sum();
    }

    private static boolean isPassOrFail(double[] rewards) {
        return Arrays.stream(rewards).allMatch(reward -> reward == 0 || reward == 1);
    }
}
