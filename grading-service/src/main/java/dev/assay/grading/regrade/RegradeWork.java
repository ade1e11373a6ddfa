// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.regrade;

import dev.assay.grading.queue.FewAtOnce;
import dev.assay.grading.reading.ImpossibleException;
import dev.assay.grading.reading.NotNowException;
import dev.assay.grading.reading.ReadRun;
import dev.assay.grading.reading.RunReader;
import dev.assay.grading.regrade.Grader.ByJudge;
import dev.assay.grading.regrade.Grader.ByRule;
import dev.assay.grading.regrade.RegradeRows.Taken;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.text.StorableText;
import dev.assay.sdk.graders.JudgeGrader;
import dev.assay.sdk.graders.SubScore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Grades the runs that are queued. One that cannot be graded ends in an error, never in a reward of 0. */
@Component
class RegradeWork {

    private static final int AT_ONCE = 8;
    private static final int MOST_ATTEMPTS = 5;
    private static final Duration LEASE = Duration.ofMinutes(5);

    /** Less than the lease, and than a token is believed. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final RegradeRows rows;
    private final RunReader runs;
    private final InternalRest rest;
    private final String gatewayUrl;
    private final Clock clock;
    private final FewAtOnce<Taken> queue;

    RegradeWork(RegradeRows rows, RunReader runs, InternalRest rest, @Value("${assay.gateway-url}") String gatewayUrl, Clock clock) {
        this.rows = rows;
        this.runs = runs;
        this.rest = rest;
        this.gatewayUrl = gatewayUrl;
        this.clock = clock;
        this.queue = new FewAtOnce<>("regrades", AT_ONCE, most -> rows.take(most, LEASE, clock.instant()), this::work);
    }

    @Scheduled(fixedDelayString = "PT0.5S")
    void look() {
        queue.look();
    }

    private void work(Taken taken) {
        try {
            if (taken.attempt() > MOST_ATTEMPTS) { // whoever had it last was lost
                throw new ImpossibleException("Given up after " + MOST_ATTEMPTS + " attempts.");
            }
            var run = runs.read(taken.team(), taken.run());
            switch (taken.grader()) {
                case ByRule rule -> {
                    var reward = rule.grade(answer(run), taken.task());
                    rows.finish(taken, "rule", reward, SubScore.of(rule.name(), reward).summary().toString(), clock.instant());
                }
                case ByJudge judge -> {
                    var score = judged(taken, judge, run);
                    rows.finish(taken, "judge", score.value(), StorableText.of(ascii(score)), clock.instant());
                }
            }
        } catch (ImpossibleException e) {
            rows.fail(taken, StorableText.of(String.valueOf(e.getMessage())));
        } catch (NotNowException e) {
            if (taken.attempt() >= MOST_ATTEMPTS) {
                rows.fail(taken, StorableText.of(String.valueOf(e.getMessage())));
            } else {
                rows.again(taken, clock.instant().plus(PAUSE.multipliedBy(1L << (taken.attempt() - 1))));
            }
        }
    }

    /** @throws ImpossibleException without one: that the timeline tells of no answer does not say that there was none */
    private static String answer(ReadRun run) {
        if (!run.whole()) {
            throw new ImpossibleException("The run's timeline is too long to be read whole.");
        }
        if (run.answer().isEmpty()) {
            throw new ImpossibleException("The run's timeline tells of no answer.");
        }
        return run.answer();
    }

    private SubScore judged(Taken taken, ByJudge judge, ReadRun run) {
        if (judge.timeline() && run.steps().isEmpty()) {
            throw new ImpossibleException("The run has no timeline: there is nothing to judge.");
        }
        var shown = judge.timeline() ? run.shown() : answer(run);
        var grading = new FutureTask<>(() -> grader(taken, judge, run).grade(shown, 1));
        Thread.startVirtualThread(grading);
        try {
            return grading.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new NotNowException("The model '" + judge.model() + "' does not answer just now.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotNowException("This service ends.");
        } catch (CancellationException | ExecutionException e) {
            throw switch (e.getCause()) {
                case IOException away -> new NotNowException(String.valueOf(away.getMessage()));
                case IllegalArgumentException noVerdict -> new ImpossibleException(String.valueOf(noVerdict.getMessage()));
                case null, default -> new IllegalStateException(e);
            };
        } finally {
            grading.cancel(true);
        }
    }

    private JudgeGrader grader(Taken taken, ByJudge judge, ReadRun run) {
        var grader = JudgeGrader.at(gatewayUrl + "/inference", rest.tokenForTeam("gateway-service", taken.team()), judge.model()).asked(run.prompt());
        for (var criterion : judge.criteria()) {
            grader = criterion.weight() < 0
                    ? grader.mustNot(criterion.requirement(), -criterion.weight())
                    : grader.must(criterion.requirement(), criterion.weight());
        }
        return grader;
    }

    /** Without what it was shown, which the timeline has. */
    private static String ascii(SubScore score) {
        return new SubScore(score.name(), score.weight(), score.value(), score.children(), null).toJson().toString();
    }
}
