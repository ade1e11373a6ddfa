// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** What was said in a run, as its timeline tells it. */
@Component
class RecordedSteps {

    private static final int AT_ONCE = 500;
    private static final Set<String> SAID = Set.of("prompt", "agent", "tool");

    private final InternalRest rest;
    private final String traces;

    RecordedSteps(InternalRest rest, @Value("${assay.trace-url}") String traces) {
        this.rest = rest;
        this.traces = traces;
    }

    /** @param said prompts, turns of the agent and results of its tools, in order @param graded whether the last step is there */
    record Steps(List<JsonNode> said, boolean graded) {}

    private record Page(List<JsonNode> entries, String next, boolean more) {}

    /** @throws Problem 503 if they cannot be read */
    Steps of(RunId run, TeamId team) {
        var said = new ArrayList<JsonNode>();
        var graded = false;
        String cursor = null;
        while (true) {
            var page = page(run, team, cursor);
            if (page == null) {
                return new Steps(said, graded);
            }
            for (var entry : page.entries()) {
                var kind = entry.path("kind").asString("");
                graded |= kind.equals("evaluate");
                if (SAID.contains(kind)) {
                    said.add(entry);
                }
            }
            if (!page.more()) {
                return new Steps(said, graded);
            }
            cursor = page.next();
        }
    }

    private @Nullable Page page(RunId run, TeamId team, @Nullable String cursor) {
        try {
            return Objects.requireNonNull(rest.forTeam(traces, "trace-service", team).get()
                    .uri(uri -> {
                        uri.path("/v2/trace/{run}/timeline").queryParam("limit", AT_ONCE);
                        return cursor == null ? uri.build(run) : uri.queryParam("cursor", cursor).build(run);
                    })
                    .retrieve()
                    .body(Page.class));
        } catch (HttpClientErrorException.NotFound e) {
            return null; // nothing of it has come
        } catch (RestClientException e) {
            throw Problem.unavailable("The steps of run " + run + " cannot be read just now. Try again later.");
        }
    }
}
