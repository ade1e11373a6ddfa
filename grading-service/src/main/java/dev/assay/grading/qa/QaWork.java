// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.qa.QaRows.Taken;
import dev.assay.grading.qa.TaskRules.Answered;
import dev.assay.grading.qa.TaskRules.TaskRun;
import dev.assay.grading.queue.FewAtOnce;
import dev.assay.grading.reading.ImpossibleException;
import dev.assay.grading.reading.NotNowException;
import dev.assay.grading.reading.RunReader;
import dev.assay.kit.text.StorableText;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Does the checks that are queued, a few at once. */
@Component
class QaWork {

    private static final Duration LEASE = Duration.ofMinutes(4);
    private static final int AT_ONCE = 4;
    private static final int MOST_ATTEMPTS = 5;

    /** So many times a timeline without the grading's own step is looked at again: spans come after the run's end is told. */
    private static final int LATE_ATTEMPTS = 2;

    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final int MOST_RUNS = 2_000;
    private static final int MOST_TIMELINES = 64;

    private final QaRows rows;
    private final RunReader runs;
    private final Judge judge;
    private final JudgeModels models;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final FewAtOnce<Taken> queue;

    QaWork(QaRows rows, RunReader runs, Judge judge, JudgeModels models, JdbcClient jdbc, Clock clock) {
        this.rows = rows;
        this.runs = runs;
        this.judge = judge;
        this.models = models;
        this.jdbc = jdbc;
        this.clock = clock;
        this.queue = new FewAtOnce<>("checks", AT_ONCE, most -> rows.take(most, LEASE, clock.instant()), this::work);
    }

    @Scheduled(fixedDelayString = "PT0.5S")
    void look() {
        queue.look();
    }

    private void work(Taken taken) {
        try {
            if (taken.attempt() > MOST_ATTEMPTS) { // whoever had it last was lost
                rows.fail(taken, "Given up after " + MOST_ATTEMPTS + " attempts.", clock.instant());
                return;
            }
            var check = QaCheck.of(taken.check())
                    .orElseThrow(() -> new ImpossibleException("There is no check " + taken.check() + " any more."));
            var result = switch (check.level) {
                case TRACE -> ofRun(taken, check);
                case TASK -> ofTask(taken, check);
            };
            rows.finish(taken, result, clock.instant());
        } catch (ImpossibleException e) {
            rows.fail(taken, StorableText.of(String.valueOf(e.getMessage())), clock.instant());
        } catch (NotNowException e) {
            if (taken.attempt() >= MOST_ATTEMPTS) {
                rows.fail(taken, StorableText.of(String.valueOf(e.getMessage())), clock.instant());
            } else {
                rows.again(taken, clock.instant().plus(PAUSE.multipliedBy(1L << (taken.attempt() - 1))));
            }
        }
    }

    private Judgement ofRun(Taken taken, QaCheck check) {
        var model = check.instruction == null ? null : models.of(taken.team()).orElseThrow(() -> new ImpossibleException(
                "No model is set to judge by: an administrator sets one (PUT /v2/qa/settings), or the operator (ASSAY_QA_MODEL)."));
        var run = runs.read(taken.team(), new RunId(taken.subject().id()));
        if (run.reward() != null && taken.attempt() <= LATE_ATTEMPTS && run.steps().stream().noneMatch(step -> step.kind().equals("evaluate"))) {
            throw new NotNowException("The timeline is not whole yet.");
        }
        if (model == null) {
            return HackSigns.judge(run);
        }
        if (run.steps().isEmpty()) {
            throw new ImpossibleException("The run has no timeline: there is nothing to judge.");
        }
        return judge.judge(taken.team(), model, check, run);
    }

    private Judgement ofTask(Taken taken, QaCheck check) {
        var ended = ended(taken.team(), taken.subject().version());
        return switch (check) {
            case TOO_EASY -> TaskRules.tooEasy(ended);
            case TOO_HARD -> TaskRules.tooHard(ended);
            case BROKEN -> TaskRules.broken(ended);
            case FLAKY_GRADER -> TaskRules.flakyGrader(ended.stream()
                    .filter(run -> run.reward() != null)
                    .limit(MOST_TIMELINES)
                    .map(run -> answered(taken.team(), run))
                    .filter(run -> !run.answer().isEmpty())
                    .toList());
            case HACK_SIGNS, REWARD_HACKING, FALSE_POSITIVE, FALSE_NEGATIVE, PROMPT_MISALIGNED ->
                    throw new ImpossibleException("This check is of runs.");
        };
    }

    private Answered answered(TeamId team, TaskRun run) {
        var read = runs.read(team, run.run());
        return new Answered(run.run(), run.reward() == null ? 0 : run.reward(), read.answer(), !read.hasCalled());
    }

    /** The latest runs of one version of a task; a run that did not complete has no reward that counts. */
    private List<TaskRun> ended(TeamId team, UUID version) {
        return jdbc.sql("""
                        select run, case when status = 'completed' then reward end as reward, failure_kind from grade
                        where team = :team and task_version = :version order by finished_at desc limit :most""")
                .param("team", team.value())
                .param("version", version)
                .param("most", MOST_RUNS)
                .query((row, number) -> new TaskRun(
                        new RunId(row.getObject("run", UUID.class)), row.getObject("reward", Double.class), row.getString("failure_kind")))
                .list();
    }
}
