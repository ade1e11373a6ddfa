// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Puts finished runs on record. */
@Component
class RunFinishedListener {

    private static final Logger log = LoggerFactory.getLogger(RunFinishedListener.class);

    private final Grades grades;
    private final JsonMapper json;

    RunFinishedListener(Grades grades, JsonMapper json) {
        this.grades = grades;
        this.json = json;
    }

    @KafkaListener(topics = Topics.RUN_FINISHED, groupId = "grading-service")
    void onRunFinished(String event) {
        try {
            grades.record(json.readValue(event, RunFinished.class));
        } catch (JacksonException | DataIntegrityViolationException e) {
            // coming again would not make it better, and others wait behind it
            log.error("A finished run cannot be read and is left out: {}", event, e);
        }
    }
}
