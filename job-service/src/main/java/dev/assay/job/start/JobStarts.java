// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.job.Jobs;
import dev.assay.job.start.StartRequest.Checked;
import dev.assay.job.start.TasksetTasks.Found;
import dev.assay.job.start.TasksetTasks.Task;
import dev.assay.job.submit.Submissions;
import dev.assay.job.submit.Submissions.Asked;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.JsonText;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Starts jobs: all their runs in one transaction, so that there is never a part of one. */
@Service
class JobStarts {

    private final Jobs jobs;
    private final Submissions submissions;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    JobStarts(Jobs jobs, Submissions submissions, JdbcClient jdbc, JsonMapper json) {
        this.jobs = jobs;
        this.submissions = submissions;
        this.jdbc = jdbc;
        this.json = json;
    }

    /** @param isNew false: it was started before */
    record Started(JobId job, int runs, boolean isNew) {}

    /**
     * The same job, if it was started before.
     *
     * @throws Problem 404 if it is another team's, 409 if it was started with something else
     */
    Optional<Started> before(Checked asked, TeamId team) {
        jobs.refuseForeign(asked.job(), team);
        var found = jdbc.sql("select asked, runs from job_start where job_id = :job")
                .param("job", asked.job().value())
                .query((row, number) -> {
                    if (!row.getString("asked").equals(text(asked))) {
                        throw Problem.conflict("job_id: job " + asked.job() + " was started with something else.");
                    }
                    return new Started(asked.job(), row.getInt("runs"), false);
                })
                .optional();
        if (found.isEmpty() && jobs.exists(asked.job())) {
            throw Problem.conflict("job_id: there is a job " + asked.job() + " that was not started like this.");
        }
        return found;
    }

    /**
     * Whoever starts the same at the same moment waits for the job's row, and hears the same.
     *
     * @param run what is run of a task: made when it is its turn, so that only one is held at a time
     */
    @Transactional
    public Started start(Checked asked, Found taskset, List<Task> tasks, Function<Task, Asked> run, Caller caller) {
        if (!jobs.make(asked.job(), caller)) {
            return before(asked, caller.team()).orElseThrow(() -> new IllegalStateException("job " + asked.job() + " is gone"));
        }
        var runs = tasks.size() * asked.group();
        jobs.describe(asked.job(), name(asked, taskset, tasks.size()), asked.group(), taskset.id().toString());
        jobs.nameTaskset(asked.job(), taskset.name());
        jobs.limit(asked.job(), asked.priority(), asked.maxConcurrent(), asked.retry() == null ? null : asked.retry().text());
        jdbc.sql("insert into job_start (job_id, asked, runs) values (:job, :asked, :runs)")
                .param("job", asked.job().value())
                .param("asked", text(asked))
                .param("runs", runs)
                .update();
        submissions.acceptNew(tasks.stream().map(run).flatMap(one -> repeated(one, asked.group())), caller.team());
        return new Started(asked.job(), runs, true);
    }

    private static Stream<Asked> repeated(Asked one, int times) {
        return IntStream.range(0, times).mapToObj(time -> new Asked(one.run().as(new RunId(UUID.randomUUID())), one.versions()));
    }

    /** As the published client calls the jobs that it begins. */
    private static String name(Checked asked, Found taskset, int tasks) {
        if (asked.name() != null) {
            return asked.name();
        }
        return taskset.name() + " (" + tasks + (tasks == 1 ? " task)" : " tasks)") + (asked.group() > 1 ? " (" + asked.group() + " times)" : "");
    }

    private String text(Checked asked) {
        return JsonText.of(json, asked);
    }
}
