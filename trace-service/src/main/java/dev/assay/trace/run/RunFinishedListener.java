// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetter;
import dev.assay.kit.deadletter.Resend;
import dev.assay.sdk.protocol.Json;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Closes timelines, also by what was a dead letter. */
@Component
class RunFinishedListener implements Resend {

    private final TracedRuns runs;

    RunFinishedListener(TracedRuns runs) {
        this.runs = runs;
    }

    @KafkaListener(topics = Topics.RUN_FINISHED, groupId = "trace-service-runs")
    void onRunFinished(String event) {
        runs.finish(Json.MAPPER.readValue(event, RunFinished.class));
    }

    @Override
    public String queue() {
        return Topics.RUN_FINISHED;
    }

    @Override
    public void send(DeadLetter letter) {
        onRunFinished(letter.text());
    }
}
