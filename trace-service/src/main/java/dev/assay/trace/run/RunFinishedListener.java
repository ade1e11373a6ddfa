// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetter;
import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.kafka.TogetherOrAlone;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Closes timelines, also by what was a dead letter. */
@Component
class RunFinishedListener implements Resend {

    private final TracedRuns runs;

    RunFinishedListener(TracedRuns runs) {
        this.runs = runs;
    }

    @KafkaListener(topics = Topics.RUN_FINISHED, groupId = "trace-service-runs", batch = "true")
    void onRunsFinished(List<String> events) {
        TogetherOrAlone.apply(events, RunFinishedListener::read, runs::finish);
    }

    private static RunFinished read(String event) {
        return Json.MAPPER.readValue(event, RunFinished.class);
    }

    @Override
    public String queue() {
        return Topics.RUN_FINISHED;
    }

    @Override
    public void send(DeadLetter letter) {
        runs.finish(List.of(read(letter.text())));
    }
}
