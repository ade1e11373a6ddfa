// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.rest.InternalRest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** What the gateway has booked of jobs' model calls. Where it cannot be asked, nobody knows what they cost; all else is told. */
@Component
class BookedCosts {

    private static final Logger log = LoggerFactory.getLogger(BookedCosts.class);

    private final InternalRest rest;
    private final String gatewayUrl;

    BookedCosts(InternalRest rest, @Value("${assay.gateway-url}") String gatewayUrl) {
        this.rest = rest;
        this.gatewayUrl = gatewayUrl;
    }

    Optional<Cost> of(TeamId team, JobId job) {
        return ask(team, "/v2/usage?job=" + job)
                .map(sums -> sums.path("items").valueStream().map(BookedCosts::cost).reduce(Cost.NOTHING, Cost::plus));
    }

    /** Of each job of the team that has called a model; empty also if they are more than are told of at once. */
    Optional<Map<JobId, Cost>> byJob(TeamId team) {
        return ask(team, "/v2/usage?by=job").filter(sums -> !sums.path("more").booleanValue()).map(sums -> {
            var costs = new HashMap<JobId, Cost>();
            sums.path("items").valueStream().filter(sum -> sum.path("job").isString())
                    .forEach(sum -> costs.put(JobId.parse(sum.path("job").stringValue()), cost(sum)));
            return costs;
        });
    }

    private Optional<JsonNode> ask(TeamId team, String path) {
        try {
            return Optional.ofNullable(rest.forTeam(gatewayUrl, "gateway-service", team).get().uri(path).retrieve().body(JsonNode.class));
        } catch (RestClientException e) {
            log.warn("what calls cost cannot be had: {}", e.toString());
            return Optional.empty();
        }
    }

    private static Cost cost(JsonNode sum) {
        return new Cost(
                sum.path("cost_usd").decimalValue(), sum.path("calls").longValue(), sum.path("unpriced_calls").longValue(),
                sum.path("input_tokens").longValue(), sum.path("output_tokens").longValue());
    }
}
