// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.contracts.JobId;
import dev.assay.job.run.Retries;
import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A job as it is asked for. Every component may be missing in what came; {@link #checked} says what must not be. */
@Schema(
        example =
                """
                {"job_id": "5c1f0b7e-9d3a-4e62-b8a4-1f2e3d4c5b6a", "taskset": "letters", "group": 3, "max_concurrent": 8,
                 "agent": {"type": "openai_compatible", "config": {"model": "scripted/letter-count"}}, "timeouts": {"run_s": 600}}""",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
@JsonNaming(SnakeCaseStrategy.class)
record StartRequest(
        @Schema(description = "Minted by the client: the same id with the same body again is the same job. Without it the header "
                        + "`Idempotency-Key` stands for an id; without both a new job is made.")
                @Nullable JobId jobId,
        @Schema(maxLength = 1000, description = "Without one it is called after its taskset.") @Nullable String name,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 1000, pattern = "\\S", description = "A taskset's id or name.")
                @Nullable String taskset,
        @ArraySchema(
                        minItems = 1,
                        schema = @Schema(type = "string", minLength = 1, maxLength = 1000, pattern = "\\S"),
                        arraySchema = @Schema(description = "The names of some of its tasks; left out: all of them."))
                @Nullable List<@Nullable String> tasks,
        @Schema(
                        type = "object",
                        requiredMode = Schema.RequiredMode.REQUIRED,
                        description = "`type` and `config`, as in a submission, at most 64,000 characters of JSON. A task's own `agent_config` "
                                + "goes over it.")
                @Nullable JsonNode agent,
        @Schema(minimum = "1", maximum = "1000", defaultValue = "1", description = "How many runs of each task.") @Nullable Integer group,
        @Schema(minimum = "1", description = "How many of its runs go on at once; left out: as many as there are places for.")
                @Nullable Integer maxConcurrent,
        @Schema(minimum = "-1000", maximum = "1000", defaultValue = "0", description = "The greater, the sooner among the team's jobs.")
                @Nullable Integer priority,
        @Nullable Timeouts timeouts,
        @Schema(
                        type = "object",
                        description = "Where its runs run, as in a submission: member by member over each task's own `runtime_config`, which is over its "
                                + "environment's. A verifier that has one of its own keeps it.",
                        example = "{\"runtime\": \"docker\"}")
                @Nullable JsonNode runtimeConfig,
        @Schema(
                        type = "object",
                        description = "Which failures are followed by another attempt, as in a submission; changed by `PATCH /v2/jobs/{id}`.")
                @Nullable JsonNode retry,
        @Schema(hidden = true) @JsonAnySetter @Nullable Map<String, JsonNode> others) {

    private static final int MOST_OF_A_GROUP = 1000;
    private static final int FURTHEST_PRIORITY = 1000;

    /** Each run has its agent and its runtime config for itself, in memory while the job is started, and in the database. */
    private static final int LARGEST = 64_000;

    /** How long each of its runs may take, in seconds. What is left out is as the task and its environment say. */
    @Schema(additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    @JsonNaming(SnakeCaseStrategy.class)
    record Timeouts(
            @Schema(minimum = "1", description = "Until its environment answers.") @Nullable Integer startupS,
            @Schema(minimum = "1", description = "For the agent alone.") @Nullable Integer agentS,
            @Schema(minimum = "1", description = "From when its environment answers until it is graded.") @Nullable Integer runS,
            @Schema(
                            minimum = "1",
                            description = "From when the job is started: in the queue, and in all attempts of a run. Longer than each of the "
                                    + "others. What is left of the job then ends with `timeout`.")
                    @Nullable Integer rolloutS,
            @Schema(hidden = true) @JsonAnySetter @Nullable Map<String, JsonNode> others) {

        static final Timeouts NONE = new Timeouts(null, null, null, null, null);

        Map<String, Integer> limits() {
            var limits = new LinkedHashMap<String, Integer>();
            if (startupS != null) {
                limits.put("startup_timeout_s", startupS);
            }
            if (runS != null) {
                limits.put("run_timeout_s", runS);
            }
            return limits;
        }

        private Timeouts checked(Duration longest) {
            Told.noOthers("timeouts.", others);
            seconds("timeouts.startup_s", startupS, longest);
            seconds("timeouts.agent_s", agentS, longest);
            seconds("timeouts.run_s", runS, longest);
            if (rolloutS != null && rolloutS < 1) {
                throw Problem.badRequest("timeouts.rollout_s", "must be a whole number of seconds, at least 1");
            }
            less("timeouts.agent_s", agentS, "timeouts.run_s", runS);
            less("timeouts.startup_s", startupS, "timeouts.rollout_s", rolloutS);
            less("timeouts.agent_s", agentS, "timeouts.rollout_s", rolloutS);
            less("timeouts.run_s", runS, "timeouts.rollout_s", rolloutS);
            return this;
        }

        private static void less(String field, @Nullable Integer seconds, String other, @Nullable Integer most) {
            if (seconds != null && most != null && seconds >= most) {
                throw Problem.badRequest(field, "must be less than " + other + " (" + most + ")");
            }
        }

        private static void seconds(String field, @Nullable Integer seconds, Duration longest) {
            if (seconds != null && (seconds < 1 || seconds > longest.toSeconds())) {
                throw Problem.badRequest(field, "must be a number of seconds from 1 to " + longest.toSeconds());
            }
        }
    }

    /**
     * A job as it can be started.
     *
     * @param tasks null: all that the taskset has
     * @param runtimeConfig null: as tasks and environments say
     * @param retry null: the platform's own
     */
    record Checked(
            JobId job,
            @Nullable String name,
            String taskset,
            @Nullable List<String> tasks,
            JsonNode agent,
            int group,
            @Nullable Integer maxConcurrent,
            int priority,
            Timeouts timeouts,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode runtimeConfig,
            @Nullable Retries retry) {}

    /**
     * @param job if the body names none
     * @param longest that any run may take
     * @throws Problem 400 that names the first field that does not hold
     */
    Checked checked(JobId job, Duration longest) {
        Told.noOthers("", others);
        return new Checked(
                jobId == null ? job : jobId,
                name == null || name.isBlank() ? null : Told.name("name", name),
                Told.requiredName("taskset", taskset),
                names(),
                Told.required("agent", small("agent", Told.object("agent", agent))),
                within("group", group == null ? 1 : group, 1, MOST_OF_A_GROUP),
                maxConcurrent == null ? null : within("max_concurrent", maxConcurrent, 1, Integer.MAX_VALUE),
                within("priority", priority == null ? 0 : priority, -FURTHEST_PRIORITY, FURTHEST_PRIORITY),
                timeouts == null ? Timeouts.NONE : timeouts.checked(longest),
                small("runtime_config", Told.object("runtime_config", runtimeConfig)),
                retry == null ? null : Retries.told("retry", retry));
    }

    private @Nullable List<String> names() {
        if (tasks == null) {
            return null;
        }
        if (tasks.isEmpty()) {
            throw Problem.badRequest("tasks", "must name at least one; left out, it is all of the taskset");
        }
        return tasks.stream().map(task -> Told.requiredName("tasks", task)).distinct().toList();
    }

    private static @Nullable JsonNode small(String field, @Nullable JsonNode value) {
        var length = value == null ? 0 : value.toString().length();
        if (length > LARGEST) {
            throw Problem.badRequest(field, "at most " + LARGEST + " characters of JSON, this has " + length);
        }
        return value;
    }

    private static int within(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw Problem.badRequest(field, "must be a whole number from " + least + " to " + most);
        }
        return value;
    }
}
