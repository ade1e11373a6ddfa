// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import dev.assay.contracts.TasksetId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What environment-service has of a team's tasksets: the same export that clients load. */
@Component
class TasksetTasks {

    private static final Logger log = LoggerFactory.getLogger(TasksetTasks.class);

    /** It is held in memory, once, while the job is started. */
    private static final int MOST_BYTES = 64_000_000;

    private final InternalRest rest;
    private final String environmentUrl;
    private final JsonMapper json;

    TasksetTasks(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl, JsonMapper json) {
        this.rest = rest;
        this.environmentUrl = environmentUrl;
        this.json = json;
    }

    /** A taskset, in display order. */
    record Found(TasksetId id, String name, List<Task> tasks) {

        /**
         * @param names null: all
         * @throws Problem 400 if a name is none of its tasks', or if it has none at all
         */
        List<Task> some(@Nullable List<String> names) {
            if (tasks.isEmpty()) {
                throw Problem.badRequest("taskset", "'" + name + "' has no tasks");
            }
            if (names == null) {
                return tasks;
            }
            var known = tasks.stream().collect(Collectors.toMap(Task::name, Function.identity()));
            return names.stream()
                    .map(wanted -> Optional.ofNullable(known.get(wanted))
                            .orElseThrow(() -> Problem.badRequest("tasks", "taskset '" + name + "' has no task '" + wanted + "'")))
                    .toList();
        }
    }

    /** A task, every part as it was uploaded. */
    record Task(
            String name,
            String environment,
            String id,
            JsonNode args,
            @Nullable JsonNode agentConfig,
            @Nullable JsonNode runtimeConfig,
            @Nullable JsonNode verifier,
            @Nullable UUID version) {}

    /** @throws Problem 404 if the team has none of that id or name, 503 if nobody can say */
    Found find(TeamId team, String idOrName) {
        var client = rest.forTeam(environmentUrl, "environment-service", team);
        try {
            return id(idOrName)
                    .flatMap(id -> export(client, id))
                    .or(() -> named(client, idOrName).flatMap(id -> export(client, id)))
                    .orElseThrow(() -> Problem.notFound("taskset: there is no taskset '" + idOrName + "'"));
        } catch (RestClientException | JacksonException e) {
            log.warn("no job is started, for the taskset cannot be read: {}", e.toString());
            throw Problem.unavailable("taskset: the tasksets cannot be read just now. Try again.");
        }
    }

    private static Optional<TasksetId> id(String text) {
        try {
            return Optional.of(TasksetId.parse(text));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private Optional<TasksetId> named(RestClient client, String name) {
        return read(client, "/v2/tasksets/by-name/{name}", name)
                .map(found -> TasksetId.parse(found.path("taskset_id").stringValue()));
    }

    private Optional<Found> export(RestClient client, TasksetId id) {
        return read(client, "/v2/tasksets/{id}/export", id.toString()).map(found -> new Found(
                id, found.path("name").stringValue(), found.path("tasks").valueStream().map(TasksetTasks::task).toList()));
    }

    private Optional<JsonNode> read(RestClient client, String path, String name) {
        return Optional.ofNullable(client.get().uri(path, name).exchange((request, answer) -> {
            if (answer.getStatusCode().value() == 404 || answer.getStatusCode().value() == 400) { // a name that cannot be, is not
                return null;
            }
            if (answer.getStatusCode().isError()) {
                throw new RestClientException("environment-service answers " + answer.getStatusCode());
            }
            var bytes = answer.getBody().readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw Problem.badRequest("taskset", "is larger than " + MOST_BYTES / 1_000_000 + " MB, more than a job is started of here");
            }
            return json.readTree(bytes);
        }));
    }

    private static Task task(JsonNode task) {
        return new Task(
                task.path("name").stringValue(),
                task.path("env").stringValue(),
                task.path("scenario").stringValue(),
                task.path("args"),
                Told.object("agent_config", task.get("agent_config")),
                Told.object("runtime_config", task.get("runtime_config")),
                Told.object("verifier", task.get("verifier")),
                Optional.ofNullable(task.path("version_id").stringValue(null)).map(UUID::fromString).orElse(null));
    }
}
