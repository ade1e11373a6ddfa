// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.contracts.RunId;
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

/** Makes timelines that end at trace-service, by way of the gateway and with the run's key, which carries the attempt: their fence. */
@Component
public class Timelines {

    private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);

    private final RestClient gateway;

    Timelines(InternalRest rest, @Value("${assay.gateway-url}") String gatewayUrl) {
        this.gateway = rest.plain(gatewayUrl);
    }

    /** A timeline of the run, as the attempt that its key is made for tells it. */
    public Timeline of(RunId run, String runKey) {
        return new Timeline(run.hex(), batch -> send(run, runKey, batch));
    }

    private boolean send(RunId run, String runKey, List<ObjectNode> batch) {
        var body = Json.object();
        body.putArray("telemetry").addAll(batch);
        try {
            gateway.post()
                    .uri("/telemetry/v3/api/trace/{run}/telemetry-upload", run.hex())
                    .headers(headers -> headers.setBearerAuth(runKey))
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
