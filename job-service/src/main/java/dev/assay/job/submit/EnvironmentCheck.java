// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
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
        this.environments = rest.forService(environmentUrl);
        this.clock = clock;
    }

    private record Key(TeamId team, String environment) {}

    private record Known(Set<String> tasks, Instant since) {}

    /** @throws Problem 400 that names the field */
    void check(TeamId team, String environment, String task) {
        var key = new Key(team, environment);
        var now = clock.instant();
        var tasks = known.get(key);
        if (tasks == null || tasks.since().plus(FRESH).isBefore(now) || !tasks.tasks().contains(task)) {
            tasks = ask(key, now);
        }
        if (!tasks.tasks().isEmpty() && !tasks.tasks().contains(task)) {
            throw Problem.badRequest("task", "environment '" + environment + "' has no task '" + task + "'");
        }
    }

    private Known ask(Key key, Instant now) {
        try {
            var version = environments
                    .get()
                    .uri("/internal/environments/resolve?team={team}&name={name}", key.team(), key.environment())
                    .retrieve()
                    .body(EnvironmentVersion.class);
            var tasks = new HashSet<String>();
            if (version != null) {
                version.manifest().path("tasks").forEach(task -> tasks.add(task.path("id").asString("")));
            }
            if (known.size() > MANY) {
                known.clear();
            }
            var fresh = new Known(Set.copyOf(tasks), now);
            known.put(key, fresh);
            return fresh;
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.badRequest("env", "there is no environment '" + key.environment() + "' that was built: deploy it first");
        } catch (RestClientException e) {
            log.debug("accepted unseen: environment-service does not answer: {}", e.toString());
            return new Known(Set.of(), now);
        }
    }
}
