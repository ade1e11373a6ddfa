// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetter;
import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.kafka.TogetherOrAlone;
import java.util.List;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Puts finished runs on record, also those that were dead letters. */
@Component
class RunFinishedListener implements Resend {

    private final Grades grades;
    private final JsonMapper json;

    RunFinishedListener(Grades grades, JsonMapper json) {
        this.grades = grades;
        this.json = json;
    }

    @KafkaListener(topics = Topics.RUN_FINISHED, groupId = "grading-service", batch = "true")
    void onRunsFinished(List<String> events) {
        TogetherOrAlone.apply(events, this::read, grades::record);
    }

    private RunFinished read(String event) {
        return json.readValue(event, RunFinished.class);
    }

    @Override
    public String queue() {
        return Topics.RUN_FINISHED;
    }

    @Override
    public void send(DeadLetter letter) {
        grades.record(List.of(read(letter.text())));
    }
}
