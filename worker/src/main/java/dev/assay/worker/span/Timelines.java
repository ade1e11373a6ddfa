// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.rest.InternalRest;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.node.ObjectNode;

/** Makes timelines that end at trace-service. */
@Component
public class Timelines {

    private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);

    private final InternalRest rest;
    private final String traceUrl;

    Timelines(InternalRest rest, @Value("${assay.trace-url}") String traceUrl) {
        this.rest = rest;
        this.traceUrl = traceUrl;
    }

    /** A timeline of the team's run. */
    public Timeline of(RunId run, TeamId team) {
        var traces = rest.forTeam(traceUrl, team);
        return new Timeline(run.hex(), batch -> send(traces, run, batch));
    }

    private static boolean send(RestClient traces, RunId run, List<ObjectNode> batch) {
        var body = Json.object();
        body.putArray("telemetry").addAll(batch);
        try {
            traces.post()
                    .uri("/telemetry/trace/{run}/telemetry-upload", run.hex())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Json.MAPPER.writeValueAsBytes(body))
                    .retrieve()
                    .toBodilessEntity();
            return true;
        } catch (HttpClientErrorException e) {
            LOG.error("{} spans of run {} were refused: {}", batch.size(), run, e.getMessage());
            return e.getStatusCode().value() != 429 && e.getStatusCode().value() != 408;
        } catch (RestClientException e) {
            LOG.warn("spans of run {} could not be sent, trying again: {}", run, e.toString());
            return false;
        }
    }
}
