// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.run.Retries;
import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A run as it is asked for. Every component may be missing in what came; {@link #checked} says what must not be. */
@Schema(
        example =
                """
                {"trace_id": "7f3b1c8e-52d4-4d0f-9a6b-0c1e2d3f4a5b", "job_id": "2a6d9e40-3b7c-4c1e-8f5d-6e7f8a9b0c1d",
                 "env": "letter-count", "task": "count_letter", "slug": "strawberry", "args": {"word": "strawberry", "letter": "r"},
                 "agent": {"type": "openai_compatible", "config": {"model": "scripted/letter-count"}}}""")
@JsonNaming(SnakeCaseStrategy.class)
public record SubmitRequest(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "Minted by the client. The same id again is the same run.") @Nullable RunId traceId,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "Made if unknown.") @Nullable JobId jobId,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 1000, pattern = "\\S", description = "The environment's name.")
                @Nullable String env,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 1000, pattern = "\\S", description = "The task's template in the environment.")
                @Nullable String task,
        @Schema(maxLength = 1000, description = "The logical task, whatever environment runs it.") @Nullable String slug,
        @Schema(type = "object", requiredMode = Schema.RequiredMode.REQUIRED, description = "The template's arguments.") @Nullable JsonNode args,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, implementation = Agent.class) @Nullable JsonNode agent,
        @Schema(maxLength = 1000, description = "Runs of the same task that are compared with each other.") @Nullable String groupId,
        @Nullable RunId parentTraceId,
        @Schema(
                        type = "object",
                        description =
                                """
                                Overrides the environment's own, member by member. Beside what the published client knows: `runtime` (what runs an image: \
                                `docker`, `kubernetes`, `e2b`, `daytona`, `modal`; without an image `process` or `docker`: the context of what was deployed, \
                                or the image that was built of it), `network` (`none`, `outbound`, or a list of hosts), `remote` (`tcp://host:port`), `shared` (how many \
                                runs of the job may be in one sandbox at a time, 2 to 64).""",
                        example = "{\"image\": \"acme/letters:1\", \"shared\": 4}")
                @Nullable JsonNode runtimeConfig,
        @Schema(implementation = Verifier.class) @Nullable JsonNode verifier,
        @Schema(
                        type = "object",
                        description =
                                """
                                How many attempts of the run may fail and be followed by another one, by the kind of the failure: `agent`, \
                                `environment`, `grader`, `model`, `infrastructure`; 0 to 20 each. Of a kind that is not named the platform's \
                                own number holds: 0, and of `infrastructure` 2, unless its operator says otherwise.""",
                        example = "{\"infrastructure\": 5, \"model\": 1}")
                @Nullable JsonNode retry,
        @Schema(
                        minimum = "1",
                        description = "How many seconds the run may take from now on, in the queue and in all its attempts, its verifier "
                                + "included; left out: only each attempt is limited. Run again, it has them again.")
                @Nullable Integer rolloutTimeoutS) {

    /** Who is to do it, for the API document. */
    record Agent(
            @Schema(
                            description =
                                    """
                                    `claude`, `openai`, `gemini`, `openai_compatible`, `claude_cli`, `codex_cli`, `robot`, `command`, or one that the \
                                    operator's own workers drive.""",
                            example = "claude")
                    String type,
            @Schema(
                            type = "object",
                            description =
                                    """
                                    What the agent is set up with; `model` is the slug of the model that it calls. What cannot be had is \
                                    refused by its name; a member that no agent knows is ignored.""")
                    @Nullable JsonNode config) {}

    /** A second task, whose grade is the grade of record, for the API document. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Verifier(
            @Schema(minLength = 1, maxLength = 1000, pattern = "\\S") String env,
            @Schema(minLength = 1, maxLength = 1000, pattern = "\\S") String id,
            @Nullable JsonNode args,
            @Schema(
                            type = "object",
                            description =
                                    """
                                    With one, or in another environment, the verifier has a sandbox of its own, which is shown the files of the \
                                    actor's session. That is refused where the actor's runtime has no place for them: `kubernetes`, `e2b`, \
                                    `daytona`, `modal`, `remote`. Without one, in the actor's environment, it is in the actor's sandbox.""")
                    @Nullable JsonNode runtimeConfig) {}

    /** A run as it can be accepted. */
    public record Checked(
            RunId run,
            JobId job,
            String environment,
            String task,
            String slug,
            JsonNode args,
            JsonNode agent,
            String agentType,
            @Nullable String model,
            @Nullable String groupId,
            @Nullable RunId parent,
            @Nullable JsonNode runtimeConfig,
            @Nullable Duration timeout,
            @Nullable JsonNode verifier,
            Retries retries,
            @Nullable Integer rolloutTimeoutS,
            @Nullable UUID taskVersion) {

        /** Whether its verifier has a sandbox of its own: one in another environment has, and one that says itself how it is run. */
        boolean isVerifiedApart() {
            return verifier != null
                    && (verifier.hasNonNull("runtime_config")
                            || !EnvironmentName.of(verifier.path("env").asString("")).equals(EnvironmentName.of(environment)));
        }

        /**
         * @param runs the name of the field that limits the run
         * @param rollouts the name of the field that limits the whole rollout
         * @throws Problem 400 that names the field, if its time limits contradict each other
         */
        public void checkTimes(String runs, String rollouts) {
            TimeLimits.check(this, runs, rollouts);
        }

        /** Another run of the same task. */
        public Checked as(RunId run) {
            return new Checked(
                    run, job, environment, task, slug, args, agent, agentType, model, groupId, parent, runtimeConfig, timeout, verifier,
                    retries, rolloutTimeoutS, taskVersion);
        }

        /** The same of a taskset's task, in that version; null: nobody can say. */
        public Checked of(@Nullable UUID taskVersion) {
            return new Checked(
                    run, job, environment, task, slug, args, agent, agentType, model, groupId, parent, runtimeConfig, timeout, verifier,
                    retries, rolloutTimeoutS, taskVersion);
        }
    }

    /**
     * @param furtherAgents types of agents that an operator's own workers drive
     * @throws Problem 400 that names the first field that does not hold
     */
    public Checked checked(Set<String> furtherAgents) {
        var run = Told.required("trace_id", traceId);
        var job = Told.required("job_id", jobId);
        var environment = Told.requiredName("env", env);
        var taskId = Told.requiredName("task", task);
        var arguments = Told.required("args", Told.object("args", args));
        var spec = Told.required("agent", Told.object("agent", agent));
        var type = AgentSpec.check(spec, furtherAgents);
        var runtime = Told.object("runtime_config", runtimeConfig);
        var timeout = timeout(runtime);
        Placement.check("", runtime);
        var model = Told.name("agent.config.model", AgentSpec.model(spec));
        return new Checked(
                run,
                job,
                environment,
                taskId,
                slug == null || slug.isBlank() ? taskId : Told.requiredName("slug", slug),
                arguments,
                spec,
                type,
                "unknown".equals(model) ? null : model,
                Told.name("group_id", groupId),
                parentTraceId,
                runtime,
                timeout,
                verifier(Told.object("verifier", verifier)),
                Retries.told("retry", retry),
                rolloutTimeout(),
                null);
    }

    private @Nullable Integer rolloutTimeout() {
        if (rolloutTimeoutS != null && rolloutTimeoutS < 1) {
            throw Problem.badRequest("rollout_timeout_s", "must be a whole number of seconds, at least 1");
        }
        return rolloutTimeoutS;
    }

    /** The limits.run_timeout_s of a runtime config, or null. */
    static @Nullable Duration timeout(@Nullable JsonNode runtimeConfig) {
        var limits = runtimeConfig == null ? null : Told.object("runtime_config.limits", runtimeConfig.get("limits"));
        var seconds = limits == null ? null : limits.get("run_timeout_s");
        if (seconds == null || seconds.isNull()) {
            return null;
        }
        if (!seconds.isIntegralNumber() || !seconds.canConvertToInt() || seconds.intValue() < 1) {
            throw Problem.badRequest("runtime_config.limits.run_timeout_s", "must be a whole number of seconds, at least 1");
        }
        return Duration.ofSeconds(seconds.intValue());
    }

    private static @Nullable JsonNode verifier(@Nullable JsonNode verifier) {
        if (verifier != null) {
            text("verifier.env", verifier.get("env"));
            text("verifier.id", verifier.get("id"));
            Told.object("verifier.args", verifier.get("args"));
            var runtime = Told.object("verifier.runtime_config", verifier.get("runtime_config"));
            Placement.check("verifier.", runtime);
            if (runtime != null && runtime.hasNonNull("shared")) {
                throw Problem.badRequest("verifier.runtime_config.shared", "a verifier has a sandbox of its own, or its actor's");
            }
        }
        return verifier;
    }

    private static String text(String field, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            throw Problem.badRequest(field, "required");
        }
        if (!value.isString()) {
            throw Problem.badRequest(field, "must be a string");
        }
        return Told.requiredName(field, value.stringValue());
    }
}
