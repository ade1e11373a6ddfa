// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.reading;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.CurrentTask;
import dev.assay.kit.rest.InternalRest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** What other services say of runs and tasks. */
@Component
public class Neighbours {

    private static final Logger log = LoggerFactory.getLogger(Neighbours.class);
    private static final String TIMELINE = "/v2/trace/%s/timeline?limit=100";
    private static final ParameterizedTypeReference<List<CurrentTask>> TASKS = new ParameterizedTypeReference<>() {};
    private static final ParameterizedTypeReference<JsonNode> JSON = new ParameterizedTypeReference<>() {};

    private final InternalRest rest;
    private final String jobUrl;
    private final String traceUrl;
    private final String environmentUrl;

    Neighbours(
            InternalRest rest, @Value("${assay.job-url}") String jobUrl, @Value("${assay.trace-url}") String traceUrl,
            @Value("${assay.environment-url}") String environmentUrl) {
        this.rest = rest;
        this.jobUrl = jobUrl;
        this.traceUrl = traceUrl;
        this.environmentUrl = environmentUrl;
    }

    /** As job-service shows it; empty: the team has no such run. */
    Optional<JsonNode> run(TeamId team, RunId run) {
        return ask(rest.forTeam(jobUrl, "job-service", team), "/v2/trace/" + run, JSON, "Runs cannot be looked up just now.");
    }

    /** A page of its timeline. @param cursor null: the first */
    Optional<JsonNode> timeline(TeamId team, RunId run, @Nullable String cursor) {
        return ask(
                rest.forTeam(traceUrl, "trace-service", team),
                TIMELINE.formatted(run) + (cursor == null ? "" : "&cursor=" + cursor),
                JSON,
                "The run's timeline cannot be read just now.");
    }

    /** Those of them that the team has, as they stand now. */
    public Map<UUID, CurrentTask> tasks(TeamId team, List<UUID> ids) {
        var asked = ids.stream().map(id -> "id=" + id).collect(Collectors.joining("&"));
        return ask(rest.forTeam(environmentUrl, "environment-service", team), "/internal/tasks?" + asked, TASKS, "Tasks cannot be looked up just now.")
                .orElse(List.of())
                .stream()
                .collect(Collectors.toMap(CurrentTask::id, Function.identity()));
    }

    /** @throws NotNowException with this message, if nobody can say */
    private static <T> Optional<T> ask(RestClient client, String path, ParameterizedTypeReference<T> type, String away) {
        try {
            return Optional.ofNullable(client.get().uri(path).exchange((request, answer) -> switch (answer.getStatusCode().value()) {
                case 200 -> answer.bodyTo(type);
                case 404 -> null;
                default -> throw notNow(away, path, answer.getStatusCode().toString());
            }));
        } catch (RestClientException e) {
            throw notNow(away, path, e.toString());
        }
    }

    private static NotNowException notNow(String away, String path, String why) {
        log.warn("{} cannot be had: {}", path, why);
        return new NotNowException(away);
    }
}
