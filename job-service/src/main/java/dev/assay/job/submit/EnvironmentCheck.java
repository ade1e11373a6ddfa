// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
    private final Cache<Key, Map<String, Arguments>> known =
            Caffeine.newBuilder().maximumSize(MANY).expireAfterWrite(FRESH).build();

    EnvironmentCheck(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl) {
        this.environments = rest.forService(environmentUrl, "environment-service");
    }

    private record Key(TeamId team, String environment) {}

    /** The names of the arguments that a task takes, and whether it takes others as well. */
    private record Arguments(Set<String> names, boolean others) {}

    /** @throws Problem 400 that names the field */
    void check(TeamId team, String environment, String task, JsonNode args) {
        var key = new Key(team, environment);
        var tasks = known.get(key, this::ask);
        if (tasks != null && !tasks.containsKey(task)) {
            known.asMap().remove(key, tasks); // it may have been deployed just now
            tasks = known.get(key, this::ask);
        }
        if (tasks == null || tasks.isEmpty()) {
            return;
        }
        var arguments = tasks.get(task);
        if (arguments == null) {
            throw Problem.badRequest("task", "environment '" + environment + "' has no task '" + task + "'");
        }
        for (var name : args.propertyNames()) {
            if (!arguments.others() && !arguments.names().contains(name)) {
                throw Problem.badRequest("args." + name, "task '" + task + "' has no such argument");
            }
        }
    }

    /** The tasks of an environment by their names; null, which is not remembered, while nobody can say. */
    private @Nullable Map<String, Arguments> ask(Key key) {
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
            return Map.copyOf(tasks);
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.badRequest("env", "there is no environment '" + key.environment() + "' that was built: deploy it first");
        } catch (RestClientException e) {
            log.debug("accepted unseen: environment-service does not answer: {}", e.toString());
            return null;
        }
    }

    /** A manifest without a schema, or with one that forbids nothing, leaves the names to the environment. */
    private static Arguments arguments(JsonNode schema) {
        var others = !schema.has("properties") || schema.path("additionalProperties").asBoolean(true);
        return new Arguments(Set.copyOf(schema.path("properties").propertyNames()), others);
    }
}
