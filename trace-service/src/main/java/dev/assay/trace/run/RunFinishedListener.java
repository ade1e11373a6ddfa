// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.sdk.protocol.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** Closes timelines. */
@Component
class RunFinishedListener {

    private static final Logger log = LoggerFactory.getLogger(RunFinishedListener.class);

    private final TracedRuns runs;

    RunFinishedListener(TracedRuns runs) {
        this.runs = runs;
    }

    @KafkaListener(topics = Topics.RUN_FINISHED, groupId = "trace-service-runs")
    void onRunFinished(String event) {
        try {
            runs.finish(Json.MAPPER.readValue(event, RunFinished.class));
        } catch (JacksonException | DataIntegrityViolationException e) {
            // coming again would not make it better, and others wait behind it
            log.error("A finished run cannot be read and is left out: {}", event, e);
        }
    }
}
