// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/**
 * Refuses at the door what no worker could run: an environment that the team has not deployed, a task that it does not have. Where
 * environment-service cannot be asked the run is accepted, and its worker finds out.
 */
@Component
class EnvironmentCheck {

    private static final Logger log = LoggerFactory.getLogger(EnvironmentCheck.class);
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final int MANY = 1000;

    private final RestClient environments;
    private final Clock clock;
    private final Map<Key, Known> known = new ConcurrentHashMap<>();

    EnvironmentCheck(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl, Clock clock) {
        this.environments = rest.forService(environmentUrl, "environment-service");
        this.clock = clock;
    }

    private record Key(TeamId team, String environment) {}

    /** The tasks of an environment, each with the names of the arguments that it takes, and whether it takes others as well. */
    private record Known(Map<String, Arguments> tasks, Instant since) {}

    private record Arguments(Set<String> names, boolean others) {}

    /** @throws Problem 400 that names the field */
    void check(TeamId team, String environment, String task, JsonNode args) {
        var key = new Key(team, environment);
        var now = clock.instant();
        var tasks = known.get(key);
        if (tasks == null || tasks.since().plus(FRESH).isBefore(now) || !tasks.tasks().containsKey(task)) {
            tasks = ask(key, now);
        }
        if (tasks.tasks().isEmpty()) {
            return;
        }
        var arguments = tasks.tasks().get(task);
        if (arguments == null) {
            throw Problem.badRequest("task", "environment '" + environment + "' has no task '" + task + "'");
        }
        for (var name : args.propertyNames()) {
            if (!arguments.others() && !arguments.names().contains(name)) {
                throw Problem.badRequest("args." + name, "task '" + task + "' has no such argument");
            }
        }
    }

    private Known ask(Key key, Instant now) {
        try {
            var version = environments
                    .get()
                    .uri("/internal/environments/resolve?team={team}&name={name}", key.team(), key.environment())
                    .retrieve()
                    .body(EnvironmentVersion.class);
            var tasks = new HashMap<String, Arguments>();
            if (version != null) {
                version.manifest().path("tasks").forEach(task -> tasks.put(task.path("id").asString(""), arguments(task.path("args"))));
            }
            if (known.size() > MANY) {
                known.clear();
            }
            var fresh = new Known(Map.copyOf(tasks), now);
            known.put(key, fresh);
            return fresh;
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.badRequest("env", "there is no environment '" + key.environment() + "' that was built: deploy it first");
        } catch (RestClientException e) {
            log.debug("accepted unseen: environment-service does not answer: {}", e.toString());
            return new Known(Map.of(), now);
        }
    }

    /** A manifest without a schema, or with one that forbids nothing, leaves the names to the environment. */
    private static Arguments arguments(JsonNode schema) {
        var others = !schema.has("properties") || schema.path("additionalProperties").asBoolean(true);
        return new Arguments(Set.copyOf(schema.path("properties").propertyNames()), others);
    }
}
