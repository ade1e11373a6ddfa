// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.Uuids;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.Told;
import dev.assay.job.start.JobStarts.Started;
import dev.assay.job.start.StartRequest.Checked;
import dev.assay.job.start.TasksetTasks.Task;
import dev.assay.job.submit.SubmissionCheck;
import dev.assay.job.submit.SubmissionCheck.Versions;
import dev.assay.job.submit.Submissions.Asked;
import dev.assay.job.submit.SubmitRequest;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.RuntimeConfig;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Admits(Role.MEMBER)
@Tag(name = "Jobs")
class StartController {

    private static final int MOST_RUNS = 5_000;

    private final TasksetTasks tasksets;
    private final KnownModels models;
    private final SubmissionCheck check;
    private final JobStarts starts;
    private final RunSettings settings;
    private final Set<String> furtherAgents;

    StartController(
            TasksetTasks tasksets, KnownModels models, SubmissionCheck check, JobStarts starts, RunSettings settings,
            @Value("${assay.run.agents}") Set<String> furtherAgents) {
        this.tasksets = tasksets;
        this.models = models;
        this.check = check;
        this.starts = starts;
        this.settings = settings;
        this.furtherAgents = furtherAgents;
    }

    /** What was started. */
    @JsonNaming(SnakeCaseStrategy.class)
    record StartAnswer(JobId jobId, @Schema(description = "How many runs it was started with.") int runs) {}

    @PostMapping("/v2/jobs")
    @ApiResponse(responseCode = "201", description = "All its runs are queued.", useReturnTypeSchema = true)
    @ApiResponse(responseCode = "200", description = "It was started before, with the same body.", useReturnTypeSchema = true)
    @Refuses(status = 404, when = "There is no such taskset, or the job is another team's.")
    @Refuses(status = 409, when = "There is such a job, which was started with another body or in another way.")
    @Refuses(status = 503, when = "The taskset cannot be read just now.")
    @Operation(
            summary = "Start a job",
            description =
                    """
                    Queues `group` runs of each task of a taskset, all of them or none: at most 5000. What is wrong with one of them is told \
                    with its task's name. What the environments' names stand for now is what the job's runs run, whatever is deployed \
                    meanwhile.""")
    ResponseEntity<StartAnswer> start(
            @RequestBody StartRequest request,
            @Parameter(
                            description = "Stands for the id of a job that the body does not name.",
                            example = "nightly-2026-11-27",
                            schema = @Schema(type = "string", minLength = 1, maxLength = 200, pattern = "\\S"))
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            Caller caller) {
        var asked = request.checked(job(key, caller.team()), settings.run().longest());
        var started = starts.before(asked, caller.team()).orElseGet(() -> startNew(asked, caller));
        return ResponseEntity.status(started.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                .body(new StartAnswer(started.job(), started.runs()));
    }

    private static JobId job(@Nullable String key, TeamId team) {
        if (key == null) {
            return JobId.random();
        }
        if (key.isBlank() || key.length() > 200) {
            throw Problem.badRequest("Idempotency-Key", "must be a text of 1 to 200 characters");
        }
        return new JobId(UUID.nameUUIDFromBytes((team + " " + key).getBytes(StandardCharsets.UTF_8)));
    }

    private Started startNew(Checked asked, Caller caller) {
        var taskset = tasksets.find(caller.team(), asked.taskset());
        var tasks = taskset.some(asked.tasks());
        if ((long) tasks.size() * asked.group() > MOST_RUNS) {
            throw Problem.badRequest("group", tasks.size() + " tasks, " + asked.group() + " times each: at most " + MOST_RUNS
                    + " runs are started at once");
        }
        var known = new HashSet<String>();
        var find = check.finder(caller.team());
        Function<Task, Asked> run = task -> ofTask(task, asked, known, find, caller.team());
        tasks.forEach(run::apply); // all of them hold, before anything is written
        return starts.start(asked, taskset, tasks, run, caller);
    }

    /** @throws Problem 400 that names the task, if it has a fault that is not the whole job's */
    private Asked ofTask(
            Task task, Checked asked, Set<String> knownModels, Function<SubmitRequest.Checked, Versions> find, TeamId team) {
        try {
            var config = RuntimeConfig.merged(task.runtimeConfig(), asked.runtimeConfig());
            var run = run(task, asked, config);
            if (run.model() != null && knownModels.add(run.model())) {
                models.problem(team, run.model()).ifPresent(problem -> {
                    throw Problem.badRequest("agent.config.model", problem);
                });
            }
            var limits = asked.timeouts().limits();
            // the environment's own limits are no part of it: the client knows nothing of them
            (limits.isEmpty() ? run : run(task, asked, Limited.by(limits, null, config)))
                    .checkTimes(fieldOfRuns(asked), "timeouts.rollout_s");
            var versions = find.apply(run);
            var limited = limits.isEmpty() ? run : run(task, asked, Limited.by(limits, versions.runtimeConfig(), config));
            check.check(limited, versions);
            return new Asked(limited, versions);
        } catch (Problem problem) {
            throw task.agentConfig() == null && isAgents(problem) ? problem : named(task, problem);
        }
    }

    /** That of the job's own which is at fault, or else the task's. */
    private static String fieldOfRuns(Checked asked) {
        var timeouts = asked.timeouts();
        return timeouts.runS() != null ? "timeouts.run_s" : timeouts.agentS() != null ? "timeouts.agent_s" : "runtime_config.limits.run_timeout_s";
    }

    private static boolean isAgents(Problem problem) {
        return String.valueOf(problem.getBody().getDetail()).startsWith("agent.");
    }

    private static Problem named(Task task, Problem problem) {
        return problem.getStatusCode().isSameCodeAs(HttpStatus.BAD_REQUEST)
                ? Problem.badRequest("task '" + task.name() + "': " + problem.getBody().getDetail())
                : problem;
    }

    private SubmitRequest.Checked run(Task task, Checked asked, @Nullable JsonNode runtimeConfig) {
        return new SubmitRequest(
                        new RunId(UUID.randomUUID()), asked.job(), task.environment(), task.id(), task.name(), task.args(),
                        agent(asked, task.agentConfig()), Uuids.hex(UUID.randomUUID()), null, runtimeConfig, task.verifier(), null,
                        asked.timeouts().rolloutS())
                .checked(furtherAgents)
                .of(task.version());
    }

    /** The agent that was asked for, set up as its task wants it, but for the time that this job gives it. */
    private static JsonNode agent(Checked asked, @Nullable JsonNode tasks) {
        var agent = ((ObjectNode) asked.agent()).deepCopy();
        var own = Told.object("agent.config", agent.get("config"));
        var config = own == null ? JsonNodeFactory.instance.objectNode() : (ObjectNode) own;
        if (tasks instanceof ObjectNode over) {
            config.setAll(over);
        }
        if (asked.timeouts().agentS() != null) {
            config.put("timeout_seconds", asked.timeouts().agentS());
        }
        return agent.set("config", config);
    }
}
